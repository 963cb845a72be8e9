//go:build sunny

package constraints

func weather() string { return "sunny" }
