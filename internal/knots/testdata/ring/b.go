// b uses c by a function and a method.

package ring

func b() { tail(newest().grow) }
