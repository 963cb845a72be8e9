package barriers

// The list of the workflows.

import "context"

// Programs are the workflows of this package, by name.
var Programs = map[string]func(context.Context) (string, error){
	"ArriveAndGoOn":   ArriveAndGoOn,
	"Barbershop":      Barbershop,
	"BrokenBarrier":   BrokenBarrier,
	"CountDown":       CountDown,
	"CountDownInTime": CountDownInTime,
	"Dancers":         Dancers,
	"Exchange":        Exchange,
	"Fences":          Fences,
	"FirstThrough":    FirstThrough,
	"Gate":            Gate,
	"GrowingParty":    GrowingParty,
	"Handshake":       Handshake,
	"InStep":          InStep,
	"Inspection":      Inspection,
	"LastOneActs":     LastOneActs,
	"Meeting":         Meeting,
	"Neighbours":      Neighbours,
	"Overtaken":       Overtaken,
	"PartyOfFailures": PartyOfFailures,
	"PingPong":        PingPong,
	"Relay":           Relay,
	"Rounds":          Rounds,
	"Sieve":           Sieve,
	"Stages":          Stages,
	"StartingGun":     StartingGun,
	"Tournament":      Tournament,
	"WarmMachines":    WarmMachines,
	"Water":           Water,
}
