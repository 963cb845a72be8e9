// The rules that rows of the table name, and the fixes that several rows share.

package stdlib

import "github.com/pawlhq/pawl/gen/diag"

// The rules that rows of the table name. Their numbers are stable, because authors write them in //pawl:allow.
const (
	GoStatement   = "PWL201"
	Channels      = "PWL202"
	SyncObjects   = "PWL203"
	Timers        = "PWL204"
	Contexts      = "PWL205"
	InputOutput   = "PWL210"
	Environment   = "PWL211"
	Entropy       = "PWL212"
	TimeZone      = "PWL213"
	Machine       = "PWL214"
	MapOrder      = "PWL216"
	ProcessEnd    = "PWL217"
	UnknownStd    = "PWL218"
	UnknownModule = "PWL219"
)

const (
	// UseInput is the fix for what a workflow should be given.
	UseInput = "pass it as an input of the workflow, or read it in an activity"
	// UseUTC is the fix for the zone of the host.
	UseUTC = "use time.UTC, time.FixedZone, or time.LoadLocation with the name of a zone"
	// ToActivity is the fix for what depends on the outside world.
	ToActivity = "move it to an activity"
	// VouchFor is the fix for code of other modules.
	VouchFor = ToActivity + ", or, if it depends only on its arguments, call it in a function marked //pawl:pure with a reason,\nor accept it with //pawl:allow " + UnknownModule + " and a reason"

	useRange    = "range over the map itself, which Pawl does in the order of the keys, or use slices.Sorted(maps.Keys(m))"
	useChannel  = "use a buffered channel as a semaphore, or sync.Mutex, which are durable"
	useRand     = "use math/rand/v2, which the run seeds, or generate the value in an activity"
	useUUID     = "use uuid.New of github.com/google/uuid, which uses the randomness of the run, or generate the id in an activity"
	useLog      = "log with log/slog or log, which write nothing during a replay"
	useError    = "return an error: it fails the run, and the worker goes on"
	differs     = "differs between processes"
	outside     = "depends on the world outside the run"
	orderOfMap  = "uses Go's random map order"
	localZone   = "depends on the time zone of the host"
	intoRuntime = "depends on the internals of the process"
)

// Rules describes these rules, by number.
var Rules = []diag.Rule{
	{ID: GoStatement, Title: "goroutine outside of a run", Doc: `
In workflow code, the run schedules goroutines. The initializer of a package variable has no run, so a goroutine started
there is scheduled by the machine. Start it in the workflow.`},
	{ID: Channels, Title: "channel shared by runs", Doc: `
All runs of a worker share its package variables. What one run sends on a channel in a package variable, another one
receives, and a replay sends it again. Make the channel in the workflow and pass it on. Channels must not be used by
reflection, through io.Pipe, or in the initializer of a package variable, which has no run.`},
	{ID: SyncObjects, Title: "lock or atomic shared by runs", Doc: `
Packages sync, sync/atomic and errgroup work in workflow code on values that belong to the run: local variables, and
what the run has made. A lock, a counter or a group in a package variable is shared by all runs of the worker, and the
history doesn't record which run came first. A package variable may hold a function made by sync.OnceValue if the
function that computes the value needs no run, and nothing can write the value: a string, a number, a *regexp.Regexp.
sync.Pool depends on garbage collection. Packages semaphore and singleflight synchronize goroutines that the run doesn't
schedule.`},
	{ID: Timers, Title: "timer or ticker outside of a run", Doc: `
In workflow code, timers and tickers belong to the run: they fire according to the history, and survive the process. One
in a package variable fires according to the clock of the process. Make it in the workflow. A ticker made by time.Tick
works, but nothing can stop it, and each tick is an event in the history: use time.NewTicker and its Stop method, or sleep
in a loop.`},
	{ID: Contexts, Title: "context made outside of a run", Doc: `
Contexts derived in workflow code end when the history says so. A context derived in the initializer of a package
variable ends according to the clock of the process, for all runs at the same time. Derive it in the workflow.`},
	{ID: InputOutput, Title: "input or output in workflow code", Doc: `
Workflow code runs again on every replay, and a file, a network or a database may answer differently then. Use an
activity (//pawl:activity): its result is recorded once, and every replay reads it from the history.`},
	{ID: Environment, Title: "environment of the process in workflow code", Doc: `
Environment variables, flags, arguments, the host name and the process id differ between the workers that may execute a
run. Pass such a value as an input of the workflow or in a config field of its receiver, or read it in an activity.`},
	{ID: Entropy, Title: "randomness that no replay can repeat", Doc: `
crypto/rand and the hash seeds of the process return different values on every replay. The run seeds math/rand and
math/rand/v2, so workflow code may use them, as well as uuid.New and similar functions, which use the randomness of the
run. Generate secrets, and get ids from other systems, in an activity.`},
	{ID: TimeZone, Title: "time zone of the host", Doc: `
time.Local differs between workers. Use time.UTC, time.FixedZone, or time.LoadLocation, which records the rules of a zone
once for the run, so that a replay on another host uses the same rules. In workflow code, time.Parse and time.Unix don't
depend on the host: they return times in UTC, or in a fixed zone with the offset in the text. Where there is no run, such
as in an initializer or in a method that the library calls, write time.ParseInLocation(layout, value, time.UTC) and
time.Unix(sec, 0).UTC().`},
	{ID: Machine, Title: "internals of the process in workflow code", Doc: `
The runtime's counters, garbage collection, unsafe memory, C code and calls by reflection differ between processes, or
cannot be seen by the compiler. Use them in an activity.`},
	{ID: MapOrder, Title: "map without an order", Doc: `
Go ranges over a map in a different order each time. In workflow code, a range over a map follows the order of its keys.
Keys that are pointers, channels, interfaces or unconstrained type parameters have no order. Range over a sorted slice of
keys instead. maps.Keys, maps.Values, maps.All, and the functions of package maps with a callback use the same order.`},
	{ID: ProcessEnd, Title: "end of the process in workflow code", Doc: `
os.Exit and log.Fatal end the worker, and with it every other run that it executes. Return an error: it fails the run,
and the worker goes on.`},
	{ID: UnknownStd, Title: "standard library not known to be deterministic", Doc: `
Pawl has a list of functions of the standard library that return the same result on every replay. Functions that are not
on the list are rejected. Move the call to an activity, or, if it depends only on its arguments, accept it with
//pawl:allow PWL218 and a reason.`},
	{ID: UnknownModule, Title: "third-party code that is not deterministic, or not known to be", Doc: `
Pawl follows calls into the source of other modules, with the same rules as for your own code. A finding there is reported
where your code calls the other module, with the chain of calls to the line. There are two differences. Other modules get
no durable copies, so code there must not use what would be durable in yours: the clock, a log line, a lock, a goroutine,
a range over a map. And a module without source that Pawl can read (C, assembly) is unknown. Move the call to an activity.
If it depends only on its arguments, accept it with //pawl:allow PWL219 and a reason, or wrap it in a function marked
//pawl:pure with a reason.`},
}
