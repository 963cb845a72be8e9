// Package pawl stands for the real one, with what the cases use of it.
package pawl

import (
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/codec"
)

type Registration = abi.Registration

type Client struct{}

func (c *Client) Cancel(id string) error { return nil }

type TimeoutError = codec.TimeoutError

func Final(err error) error { return err }
