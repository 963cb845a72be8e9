// Package golden_test tests the compiler and the engine with a corpus: accept has programs that are generated for, run as plain Go and
// on the engine, crashed and replayed; reject has programs with the findings of the compiler.
//
// go test ./golden -run 'TestRejected/NAME' -update records what the compiler reports now. The test then fails once, so that the
// difference is read.
package golden_test
