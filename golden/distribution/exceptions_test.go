package distribution_test

// exceptions are the programs that behave differently when they are lowered, with the reasons.
var exceptions = map[string]string{}
