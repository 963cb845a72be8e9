// This file replaces the built-in functions print and println in lowered code.

package abi

import "reflect"

// BuiltinPrint is the built-in print: silent on replay. Of an interface it prints the value, not its address.
func BuiltinPrint(run *Run, a ...any) {
	if run.x.Silent() {
		return
	}
	for _, v := range a {
		printValue(reflect.ValueOf(v))
	}
}

// BuiltinPrintln is the built-in println, with spaces between values and a newline at the end: silent on replay.
func BuiltinPrintln(run *Run, a ...any) {
	for i, v := range a {
		if i > 0 {
			BuiltinPrint(run, " ")
		}
		BuiltinPrint(run, v)
	}
	BuiltinPrint(run, "\n")
}

// printValue prints a value as print does for its underlying type.
func printValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		print(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		print(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		print(v.Uint())
	case reflect.Float32:
		print(float32(v.Float()))
	case reflect.Float64:
		print(v.Float())
	case reflect.Complex64:
		print(complex64(v.Complex()))
	case reflect.Complex128:
		print(v.Complex())
	case reflect.String:
		print(v.String())
	case reflect.Slice:
		print("[", v.Len(), "/", v.Cap(), "]", v.UnsafePointer())
	case reflect.Chan, reflect.Func, reflect.Map, reflect.Pointer, reflect.UnsafePointer:
		print(v.UnsafePointer())
	case reflect.Invalid:
		print(any(nil))
	default: // in an interface
		print("(", v.Type().String(), ")")
	}
}
