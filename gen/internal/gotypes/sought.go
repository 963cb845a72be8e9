// This file knows the methods that the standard library looks for in values of any type.

package gotypes

import (
	"go/types"
	"slices"
)

// sought are the signatures with which the standard library looks for methods, by name.
var sought = map[string][]string{
	"AppendBinary":     {"func([]byte) ([]byte, error)"},
	"AppendText":       {"func([]byte) ([]byte, error)"},
	"As":               {"func(any) bool"},
	"Error":            {"func() string"},
	"Format":           {"func(fmt.State, rune)"},
	"GoString":         {"func() string"},
	"Is":               {"func(error) bool"},
	"IsZero":           {"func() bool"},
	"LogValue":         {"func() log/slog.Value"},
	"MarshalBinary":    {"func() ([]byte, error)"},
	"MarshalJSON":      {"func() ([]byte, error)"},
	"MarshalText":      {"func() ([]byte, error)"},
	"MarshalXML":       {"func(*encoding/xml.Encoder, encoding/xml.StartElement) error"},
	"MarshalXMLAttr":   {"func(encoding/xml.Name) (encoding/xml.Attr, error)"},
	"Read":             {"func([]byte) (int, error)"},
	"ReadByte":         {"func() (byte, error)"},
	"ReadFrom":         {"func(io.Reader) (int64, error)"},
	"ReadRune":         {"func() (rune, int, error)"},
	"Scan":             {"func(fmt.ScanState, rune) error", "func(any) error"},
	"String":           {"func() string"},
	"UnmarshalBinary":  {"func([]byte) error"},
	"UnmarshalJSON":    {"func([]byte) error"},
	"UnmarshalText":    {"func([]byte) error"},
	"UnmarshalXML":     {"func(*encoding/xml.Decoder, encoding/xml.StartElement) error"},
	"UnmarshalXMLAttr": {"func(encoding/xml.Attr) error"},
	"UnreadRune":       {"func() error"},
	"Unwrap":           {"func() error", "func() []error"},
	"Value":            {"func() (database/sql/driver.Value, error)"},
	"Write":            {"func([]byte) (int, error)"},
	"WriteString":      {"func(string) (int, error)"},
	"WriteTo":          {"func(io.Writer) (int64, error)"},
}

// IsSought reports whether the standard library, which looks for a method with fn's name in values of any type, finds fn: it has
// the right signature. It reports true for names about which nothing is known.
func IsSought(fn *types.Func) bool {
	signatures, known := sought[fn.Name()]
	return !known || slices.Contains(signatures, bare(fn.Signature()))
}

// bare spells a signature without the names of parameters.
func bare(sig *types.Signature) string {
	unnamed := func(t *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range t.Variables() {
			vars = append(vars, types.NewParam(v.Pos(), v.Pkg(), "", plainAlias(v.Type())))
		}
		return types.NewTuple(vars...)
	}
	bare := types.NewSignatureType(nil, nil, nil, unnamed(sig.Params()), unnamed(sig.Results()), sig.Variadic())
	return types.TypeString(bare, (*types.Package).Path)
}

// plainAlias spells out aliases, and the types that Go has two names for in the usual way.
func plainAlias(t types.Type) types.Type {
	t = types.Unalias(t)
	switch {
	case types.Identical(t, types.Typ[types.Int32]):
		return types.Universe.Lookup("rune").Type()
	case types.Identical(t, types.Typ[types.Uint8]):
		return types.Universe.Lookup("byte").Type()
	case types.Identical(t, types.NewInterfaceType(nil, nil)):
		return types.Universe.Lookup("any").Type()
	}
	if s, ok := t.(*types.Slice); ok {
		return types.NewSlice(plainAlias(s.Elem()))
	}
	return t
}
