// Aliases of predeclared types, for generated code of packages that declare these names as something else.

package abi

// Types that Go declares, by the same names, exported.
type (
	Any        = any
	Bool       = bool
	Byte       = byte
	Complex128 = complex128
	Complex64  = complex64
	Error      = error
	Float32    = float32
	Float64    = float64
	Int        = int
	Int16      = int16
	Int32      = int32
	Int64      = int64
	Int8       = int8
	Rune       = rune
	String     = string
	Uint       = uint
	Uint16     = uint16
	Uint32     = uint32
	Uint64     = uint64
	Uint8      = uint8
	Uintptr    = uintptr
)

// True is true.
const True = true

// Panic panics, and never returns.
func Panic(v any) { panic(v) }
