// Package env reads the environment.
package env

import "os"

func Get() string { return get("HOME") }

func get(name string) string { return os.Getenv(name) }
