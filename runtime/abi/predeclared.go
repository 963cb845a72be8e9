// Aliases of predeclared types, for generated code of packages that declare these names as something else.

package abi

type (
	// Any is Go's any.
	Any = any
	// Bool is Go's bool.
	Bool = bool
	// Byte is Go's byte.
	Byte = byte
	// Complex128 is Go's complex128.
	Complex128 = complex128
	// Complex64 is Go's complex64.
	Complex64 = complex64
	// Error is Go's error.
	Error = error
	// Float32 is Go's float32.
	Float32 = float32
	// Float64 is Go's float64.
	Float64 = float64
	// Int is Go's int.
	Int = int
	// Int16 is Go's int16.
	Int16 = int16
	// Int32 is Go's int32.
	Int32 = int32
	// Int64 is Go's int64.
	Int64 = int64
	// Int8 is Go's int8.
	Int8 = int8
	// Rune is Go's rune.
	Rune = rune
	// String is Go's string.
	String = string
	// Uint is Go's uint.
	Uint = uint
	// Uint16 is Go's uint16.
	Uint16 = uint16
	// Uint32 is Go's uint32.
	Uint32 = uint32
	// Uint64 is Go's uint64.
	Uint64 = uint64
	// Uint8 is Go's uint8.
	Uint8 = uint8
	// Uintptr is Go's uintptr.
	Uintptr = uintptr
)

// True is true.
const True = true

// Panic panics, and never returns.
func Panic(v any) { panic(v) }
