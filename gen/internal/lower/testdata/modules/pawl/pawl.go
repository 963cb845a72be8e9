// Package pawl stands for the real one.
package pawl

import "github.com/pawlhq/pawl/runtime/abi"

type Registration = abi.Registration
