package distribution_test

// exceptions are the programs that behave differently when they are lowered, with the reasons.
var exceptions = map[string]string{}

// uncompiled are the programs that do not compile when they are lowered, with the reasons.
var uncompiled = map[string]string{
	"rename.go": "it declares names such as string at package level, which generated declarations mean as Go does",
}
