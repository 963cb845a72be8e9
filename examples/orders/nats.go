// The role of the NATS server process.

package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"

	"github.com/pawlhq/pawl/runtime/embed"
)

// serveNATS runs a server with its data in the folder args[0], listening at the URL args[1].
func serveNATS(args []string, ready func(string)) error {
	host, port, err := address(args[1])
	if err != nil {
		return err
	}
	s, err := embed.Start(embed.Options{
		Dir:    args[0],
		Host:   host,
		Port:   port,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	ready(s.URL())
	select {}
}

func address(natsURL string) (host string, port int, err error) {
	u, err := url.Parse(natsURL)
	if err != nil {
		return "", 0, err
	}
	host, digits, err := net.SplitHostPort(u.Host)
	if err != nil {
		return "", 0, fmt.Errorf("NATS server at %s: %w", natsURL, err)
	}
	port, err = strconv.Atoi(digits)
	return host, port, err
}
