// The server that a program gets if it does not name one.

package embed

import (
	"cmp"
	"os"
	"sync"

	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
)

// DefaultDir is the data folder of the default server. The environment variable PAWL_DATA overrides it.
const DefaultDir = ".pawl"

var shared struct {
	sync.Mutex
	server *Server
}

// defaultServer returns the shared server of this process. The first call starts it, on the folder in the environment
// variable PAWL_DATA, or else on DefaultDir in the working directory. It runs until the process ends. If the process is
// killed, nothing that was acknowledged is lost.
func defaultServer() (*Server, error) {
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

// Importing this package registers the default server.
func init() {
	natsstore.RegisterEmbedded(func() (natsstore.Options, error) {
		s, err := defaultServer()
		if err != nil {
			return natsstore.Options{}, err
		}
		return s.StoreOptions(""), nil
	})
}
