// head uses the knot, and only a test and a generated file use it.

package ring

func head() { a(); made() }
