// Package ring has a knot of three files: a uses b by a function, b uses c by a method, and c uses a by a field.
package ring

type box struct{ size int }

func a() { b() }
