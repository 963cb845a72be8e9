package natsstore

import "errors"

// The server that a program gets when it names none. It is not linked into every program: package embed brings it, as
// a database driver brings its database.

var embedded func() (Options, error)

// RegisterEmbedded is called by package embed when it is imported.
func RegisterEmbedded(options func() (Options, error)) { embedded = options }

// Embedded returns what connects to the server in this process, which it starts if need be. It fails if the program
// does not import package embed.
func Embedded() (Options, error) {
	if embedded == nil {
		return Options{}, errors.New(`no NATS URL given, and there is no NATS in this program: set NATS_URL, or add import _ "github.com/pawlhq/pawl/runtime/embed"`)
	}
	return embedded()
}
