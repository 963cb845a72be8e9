// Package pawl makes plain Go functions durable.
//
// Write activities, steps and workflows as ordinary functions, annotate them with //pawl:activity, //pawl:step and
// //pawl:workflow, and run go generate. Then use this package to connect to a server and to run workers; the generated
// functions start workflows and wait for their results. Pawl needs a NATS server with JetStream, version 2.15 or newer:
// a server with a URL, or one inside the program if it imports github.com/pawlhq/pawl/runtime/embed.
//
// Workflow code is plain Go. It may also call [Info], [Final], [WaitUntil], [With] and [Detached]. Activities and steps may call
// [ActivityInfo], [Heartbeat], [LastHeartbeat] and [Final].
//
// # Options
//
// The options of [Connect] begin with With, such as [WithNamespace]. The options of a single start are [RunTimeout],
// [RunRetention], [RunQueue], [RequestID], [OnConflict] and [OnReuse]. The values of a type begin with its name:
// [StatusRunning], [ConflictUseExisting], [ReuseReject].
package pawl
