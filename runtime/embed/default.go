package embed

// The server that a program gets when it names none.

import (
	"cmp"
	"os"
	"sync"

	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
)

// DefaultDir is the data folder of the default server unless the environment variable PAWL_DATA names another.
const DefaultDir = ".pawl"

var shared struct {
	sync.Mutex
	server *Server
}

// Default returns the one server that this process shares, and starts it on the first call: on the folder that the
// environment variable PAWL_DATA names, else on DefaultDir in the working directory. It runs until the process ends;
// a killed process loses nothing that was acknowledged.
func Default() (*Server, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		return shared.server, nil
	}
	s, err := Start(Options{Dir: cmp.Or(os.Getenv("PAWL_DATA"), DefaultDir)})
	if err != nil {
		return nil, err
	}
	shared.server = s
	return s, nil
}

// A program that imports this package has a server to fall back on.
func init() {
	natsstore.RegisterEmbedded(func() (natsstore.Options, error) {
		s, err := Default()
		if err != nil {
			return natsstore.Options{}, err
		}
		return s.StoreOptions(""), nil
	})
}
