// Package abi stands for the real one.
package abi

type Registration struct{}
