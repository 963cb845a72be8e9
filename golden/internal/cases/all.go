// This file lists the cases.

package cases

import (
	"bytes"
	"context"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/golden/accept/accepted"
	"github.com/pawlhq/pawl/golden/accept/activities"
	"github.com/pawlhq/pawl/golden/accept/busy"
	"github.com/pawlhq/pawl/golden/accept/calloptions"
	"github.com/pawlhq/pawl/golden/accept/chance"
	"github.com/pawlhq/pawl/golden/accept/channels"
	"github.com/pawlhq/pawl/golden/accept/children"
	"github.com/pawlhq/pawl/golden/accept/children/parcels"
	"github.com/pawlhq/pawl/golden/accept/clock"
	"github.com/pawlhq/pawl/golden/accept/closures"
	"github.com/pawlhq/pawl/golden/accept/codecs"
	"github.com/pawlhq/pawl/golden/accept/concurrency"
	"github.com/pawlhq/pawl/golden/accept/constraints"
	"github.com/pawlhq/pawl/golden/accept/contexts"
	"github.com/pawlhq/pawl/golden/accept/continuing"
	"github.com/pawlhq/pawl/golden/accept/cooperation"
	"github.com/pawlhq/pawl/golden/accept/deferred"
	"github.com/pawlhq/pawl/golden/accept/dice"
	"github.com/pawlhq/pawl/golden/accept/dispatch"
	"github.com/pawlhq/pawl/golden/accept/dotimport"
	"github.com/pawlhq/pawl/golden/accept/dotimport/scales"
	"github.com/pawlhq/pawl/golden/accept/embedded"
	"github.com/pawlhq/pawl/golden/accept/embedding"
	"github.com/pawlhq/pawl/golden/accept/errortrees"
	"github.com/pawlhq/pawl/golden/accept/finalerrors"
	"github.com/pawlhq/pawl/golden/accept/funcvalues"
	"github.com/pawlhq/pawl/golden/accept/generics"
	"github.com/pawlhq/pawl/golden/accept/goroutines"
	"github.com/pawlhq/pawl/golden/accept/groups"
	"github.com/pawlhq/pawl/golden/accept/helpers"
	"github.com/pawlhq/pawl/golden/accept/helpers/pricing"
	"github.com/pawlhq/pawl/golden/accept/iterators"
	"github.com/pawlhq/pawl/golden/accept/jumps"
	"github.com/pawlhq/pawl/golden/accept/lazy"
	"github.com/pawlhq/pawl/golden/accept/library"
	"github.com/pawlhq/pawl/golden/accept/locks"
	"github.com/pawlhq/pawl/golden/accept/mapiterators"
	"github.com/pawlhq/pawl/golden/accept/mapranges"
	"github.com/pawlhq/pawl/golden/accept/methods"
	"github.com/pawlhq/pawl/golden/accept/naming"
	"github.com/pawlhq/pawl/golden/accept/panics"
	"github.com/pawlhq/pawl/golden/accept/payloads"
	"github.com/pawlhq/pawl/golden/accept/positions"
	"github.com/pawlhq/pawl/golden/accept/printing"
	"github.com/pawlhq/pawl/golden/accept/promotion"
	"github.com/pawlhq/pawl/golden/accept/pulls"
	"github.com/pawlhq/pawl/golden/accept/receivers"
	"github.com/pawlhq/pawl/golden/accept/recovers"
	"github.com/pawlhq/pawl/golden/accept/recursion"
	"github.com/pawlhq/pawl/golden/accept/results"
	"github.com/pawlhq/pawl/golden/accept/retries"
	"github.com/pawlhq/pawl/golden/accept/selects"
	"github.com/pawlhq/pawl/golden/accept/shadowing"
	"github.com/pawlhq/pawl/golden/accept/signals"
	"github.com/pawlhq/pawl/golden/accept/steps"
	"github.com/pawlhq/pawl/golden/accept/stubs"
	"github.com/pawlhq/pawl/golden/accept/timeouts"
	"github.com/pawlhq/pawl/golden/accept/timers"
	"github.com/pawlhq/pawl/golden/accept/unusual"
	"github.com/pawlhq/pawl/golden/accept/updates"
	"github.com/pawlhq/pawl/golden/accept/uuids"
	"github.com/pawlhq/pawl/golden/accept/versions"
	"github.com/pawlhq/pawl/golden/accept/zones"
)

// All are the cases, by name.
func All() []Case {
	return []Case{
		{
			Name:          "accepted",
			Registrations: registrations(accepted.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(accepted.Paths(ctx, "a", "b")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(accepted.StartPaths(ctx, c, ID, []string{"a", "b"})).Result(ctx))
			},
		},
		{
			Name:          "activities",
			Registrations: registrations(activities.PawlRegistration(&activities.Printer{Font: "Go"}, activities.Cyclist{})),
			Plain: func(ctx context.Context) []any {
				post := &activities.Post{Printer: &activities.Printer{Font: "Go"}, Carrier: activities.Cyclist{}}
				return outcome(post.Send(ctx, "Ada"))
			},
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(activities.StartPostSend(ctx, c, ID, "Ada")).Result(ctx))
			},
		},
		{
			Name:          "busy", // for which plain Go needs a clock that moves by itself
			SkipCrash:     "how many ticks there are depends on how long the worker is away",
			Registrations: registrations(busy.PawlRegistration()),
			Want:          outcome([]string{"valuestrue", "contexttrue", "clocktrue", "locktrue"}, nil),
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(busy.StartLoops(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "calloptions", // of the engine
			Registrations: registrations(calloptions.PawlRegistration()),
			Want:          outcome([]string{"named named<nil>", "counted 5 <nil>", "elsewhere elsewhere<nil>", "taken true", "late true"}, nil),
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(calloptions.StartCall(ctx, c, ID, "the-child")).Result(ctx))
			},
		},
		{
			Name:          "chance",
			Registrations: registrations(chance.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(chance.Draw(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(chance.StartDraw(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "channels",
			Registrations: registrations(channels.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(channels.Talk(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(channels.StartTalk(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "children",
			Registrations: registrations(children.PawlRegistration(&children.Warehouse{Limit: 1}), parcels.PawlRegistration()),
			Plain: func(ctx context.Context) []any {
				out := outcome(children.Warehouse{Limit: 1}.Order(ctx, []string{"book", "pen"}))
				time.Sleep(time.Hour) // for what the workflow has started and not waited for
				return out
			},
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(children.StartWarehouseOrder(ctx, c, ID, []string{"book", "pen"})).Result(ctx))
			},
		},
		{
			Name:          "clock",
			Registrations: registrations(clock.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(clock.Hour(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(clock.StartHour(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "closures",
			Registrations: registrations(closures.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(closures.Count(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(closures.StartCount(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "codecs",
			Registrations: registrations(codecs.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(codecs.Areas(ctx, drawing())) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(codecs.StartAreas(ctx, c, ID, drawing())).Result(ctx))
			},
		},
		{
			Name:          "concurrency",
			Registrations: registrations(concurrency.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(concurrency.Meet(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(concurrency.StartMeet(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "constraints",
			Registrations: registrations(constraints.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(constraints.Nap(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(constraints.StartNap(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "contexts",
			Registrations: registrations(contexts.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(contexts.Derive(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(contexts.StartDerive(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "cooperation", // of goroutines, which Go's own do not promise
			Registrations: registrations(cooperation.PawlRegistration()),
			Want: outcome([]string{
				"3", "one", "two", "three", "a1", "a3", "b2", "0 1 2",
				"written by 0", "read by 0", "read by 1", "written by 1", "once", "after once 0", "after once 1",
				"cancelled 0", "cancelled 1", "cancelled 2",
			}, nil),
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(cooperation.StartShare(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "deferred",
			Registrations: registrations(deferred.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(deferred.Journey(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(deferred.StartJourney(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "dice",
			Registrations: registrations(dice.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(dice.Throw(ctx, 3)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(dice.StartThrow(ctx, c, ID, 3)).Result(ctx))
			},
		},
		{
			Name:          "dispatch",
			Registrations: registrations(dispatch.PawlRegistration(&dispatch.Payments{})),
			Plain:         func(ctx context.Context) []any { return outcome(dispatch.Ship(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(dispatch.StartShip(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "dotimport",
			Registrations: registrations(dotimport.PawlRegistration(), scales.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(dotimport.Load(ctx, "bag", "book")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(dotimport.StartLoad(ctx, c, ID, []string{"bag", "book"})).Result(ctx))
			},
		},
		{
			Name:          "embedded",
			Registrations: registrations(embedded.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(embedded.Write(ctx, "Ada")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(embedded.StartWrite(ctx, c, ID, "Ada")).Result(ctx))
			},
		},
		{
			Name:          "embedding",
			Registrations: registrations(embedding.PawlRegistration(&embedding.Robot{Name: "R2"}, &embedding.Torch{Heat: 900})),
			Plain: func(ctx context.Context) []any {
				line := &embedding.Line{Robot: &embedding.Robot{Name: "R2"}, Welder: &embedding.Torch{Heat: 900}}
				return outcome(line.Assemble(ctx, "door"))
			},
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(embedding.StartLineAssemble(ctx, c, ID, "door")).Result(ctx))
			},
		},
		{
			Name:          "errortrees",
			Registrations: registrations(errortrees.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(errortrees.Survey(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(errortrees.StartSurvey(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "finalerrors",
			Registrations: registrations(finalerrors.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(finalerrors.Pay(ctx, "declined", "stolen", "good")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(finalerrors.StartPay(ctx, c, ID, []string{"declined", "stolen", "good"})).Result(ctx))
			},
		},
		{
			Name:          "funcvalues",
			Registrations: registrations(funcvalues.PawlRegistration(&funcvalues.Offset{N: 5}, funcvalues.Hundred{})),
			Plain: func(ctx context.Context) []any {
				m := &funcvalues.Machine{Offset: &funcvalues.Offset{N: 5}, Adder: funcvalues.Hundred{}}
				return outcome(m.Run(ctx, 1))
			},
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(funcvalues.StartMachine(ctx, c, ID, 1)).Result(ctx))
			},
		},
		{
			Name:          "generics",
			Registrations: registrations(generics.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(generics.Sum(ctx, []string{"3", "1", "2"})) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(generics.StartSum(ctx, c, ID, []string{"3", "1", "2"})).Result(ctx))
			},
		},
		{
			Name:          "goroutines",
			Registrations: registrations(goroutines.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(goroutines.Start(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(goroutines.StartStart(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "groups",
			Registrations: registrations(groups.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(groups.Collect(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(groups.StartCollect(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "helpers",
			Registrations: registrations(helpers.PawlRegistration(), pricing.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(helpers.Quote(ctx, "piano")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(helpers.StartQuote(ctx, c, ID, "piano")).Result(ctx))
			},
		},
		{
			Name:          "iterators",
			Registrations: registrations(iterators.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(iterators.Collect(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(iterators.StartCollect(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "jumps",
			Registrations: registrations(jumps.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(jumps.Jump(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(jumps.StartJump(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "lazy",
			Registrations: registrations(lazy.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(lazy.Read(ctx, "the cat and a small mouse")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(lazy.StartRead(ctx, c, ID, "the cat and a small mouse")).Result(ctx))
			},
		},
		{
			Name:          "library",
			Registrations: registrations(library.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(library.Report(ctx, "Grüße, world!")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(library.StartReport(ctx, c, ID, "Grüße, world!")).Result(ctx))
			},
		},
		{
			Name:          "locks",
			Registrations: registrations(locks.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(locks.Meet(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(locks.StartMeet(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "mapiterators", // Go's own order is another one each time
			Registrations: registrations(mapiterators.PawlRegistration()),
			Want: outcome([]string{
				"apple5", "fig2", "kiwi3", "apple", "fig", "kiwi", "5", "2", "3",
				"compared5", "false", "apple5", "fig2", "kiwi3", "[apple kiwi]", "a", "fig",
			}, nil),
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(mapiterators.StartStock(ctx, c, ID, map[string]int{"kiwi": 3, "fig": 2, "apple": 5})).Result(ctx))
			},
		},
		{
			Name:          "mapranges", // Go's own order is another one each time
			Registrations: registrations(mapranges.PawlRegistration()),
			Want: outcome([]string{
				"fig4", "kiwi7", "kiwi-7", "fig-4", "Bo21", "Ada30", "Cy32", "{2 1}", "{3 0}", "{3 2}", "round2", "round2", "sum11",
			}, nil),
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				stock := map[string]int{"plum": 1, "kiwi": 7, "fig": 4}
				return outcome(started(mapranges.StartOrder(ctx, c, ID, stock, []string{"Ada", "Bo", "Cy"})).Result(ctx))
			},
		},
		{
			Name:          "methods",
			Registrations: registrations(methods.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(methods.Call(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(methods.StartCall(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "naming",
			Registrations: registrations(naming.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(naming.Hello(ctx, "Ada")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(naming.RunHello(ctx, c, ID, "Ada"))
			},
		},
		{
			Name:          "panics",
			Registrations: registrations(panics.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(panics.Fall(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(panics.StartFall(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "payloads",
			Registrations: registrations(payloads.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(payloads.Copy(ctx, blob())) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(payloads.StartCopy(ctx, c, ID, blob())).Result(ctx))
			},
		},
		{
			Name:          "positions",
			Registrations: registrations(positions.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(positions.Walk(ctx, "")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(positions.StartWalk(ctx, c, ID, "")).Result(ctx))
			},
		},
		{
			Name:          "printing",
			Registrations: registrations(printing.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(printing.Talk(ctx, "Ada")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(printing.StartTalk(ctx, c, ID, "Ada")).Result(ctx))
			},
		},
		{
			Name:          "pulls",
			Registrations: registrations(pulls.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(pulls.Read(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(pulls.StartRead(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "promotion",
			Registrations: registrations(promotion.PawlRegistration(promotion.Arm{})),
			Plain: func(ctx context.Context) []any {
				return outcome((&promotion.Yard{Robot: promotion.Arm{}}).Stack(ctx))
			},
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(promotion.StartYardStack(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "receivers",
			Registrations: registrations(receivers.PawlRegistration(&receivers.Bank{Place: "home"}, &receivers.Bank{Place: "abroad"}, transfer())),
			Plain: func(ctx context.Context) []any {
				t := transfer()
				t.Home, t.Abroad = &receivers.Bank{Place: "home"}, &receivers.Bank{Place: "abroad"}
				return outcome(t.Send(ctx, "Ada", 1000))
			},
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(receivers.StartTransferSend(ctx, c, ID, "Ada", 1000)).Result(ctx))
			},
		},
		{
			Name:          "recovers",
			Registrations: registrations(recovers.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(recovers.Ways(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(recovers.StartWays(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "recursion",
			Registrations: registrations(recursion.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(recursion.Walk(ctx, tree())) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(recursion.StartWalk(ctx, c, ID, tree())).Result(ctx))
			},
		},
		{
			Name:          "results",
			Registrations: registrations(results.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(results.Collect(ctx, 17, 5, 0, 17)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(results.StartCollect(ctx, c, ID, 17, []int{5, 0, 17})).Result(ctx))
			},
		},
		{
			Name:          "retries", // by the engine
			Registrations: registrations(retries.PawlRegistration()),
			Want:          outcome([]string{"red door opened", "tried"}, nil),
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(retries.StartVisit(ctx, c, ID, "red door")).Result(ctx))
			},
		},
		{
			Name:          "selects",
			Registrations: registrations(selects.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(selects.Choose(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(selects.StartChoose(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "shadowing",
			Registrations: registrations(shadowing.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(shadowing.Run(ctx, "in")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(shadowing.StartRun(ctx, c, ID, "in")).Result(ctx))
			},
		},
		{
			Name:          "continuing",
			Registrations: registrations(continuing.PawlRegistration()),
			Plain:         plainContinuing,
			Durable:       durableContinuing,
		},
		{
			Name:          "signals",
			Registrations: registrations(signals.PawlRegistration()),
			Plain:         plainSignals,
			Durable:       durableSignals,
		},
		{
			Name:          "steps",
			Registrations: registrations(steps.PawlRegistration(&steps.Desk{Separator: "-"})),
			Plain: func(ctx context.Context) []any {
				clerk := &steps.Clerk{Desk: &steps.Desk{Separator: "-"}}
				return outcome(clerk.Hyphenate(ctx, []string{"one two", "three"}))
			},
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(steps.StartClerkHyphenate(ctx, c, ID, []string{"one two", "three"})).Result(ctx))
			},
		},
		{
			Name:          "stubs", // of the engine
			Registrations: registrations(stubs.PawlRegistration()),
			Want: outcome([]string{
				"taken true", "sum 6 <nil>", "rejected ask something", "nobody true", "ended true", "cancelled 6 cancelled true", "closed true",
			}, nil),
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(stubs.StartConduct(ctx, c, ID, "counter")).Result(ctx))
			},
		},
		{
			Name:          "timeouts", // of the engine
			Registrations: registrations(timeouts.PawlRegistration()),
			Want: outcome([]string{
				"start-to-close within 0s", "schedule-to-close within 1m0s", "heartbeat within 0s", "red door: busy",
			}, nil),
			SkipCrash: "attempts are counted, and a crash costs one",
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(timeouts.StartPatience(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "timers",
			Registrations: registrations(timers.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(timers.Day(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(timers.StartDay(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "unusual",
			Registrations: registrations(unusual.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(unusual.Count(ctx, "Ada")) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(unusual.StartCount(ctx, c, ID, "Ada")).Result(ctx))
			},
		},
		{
			Name:          "updates",
			Registrations: registrations(updates.PawlRegistration()),
			Plain:         plainUpdates,
			Durable:       durableUpdates,
		},
		{
			Name:          "uuids",
			Registrations: registrations(uuids.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(uuids.Versions(ctx)) },
			SkipCrash:     "each run draws other ids, and they are inputs of an activity",
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(uuids.StartVersions(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "versions",
			Registrations: registrations(versions.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(versions.Compare(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(versions.StartCompare(ctx, c, ID)).Result(ctx))
			},
		},
		{
			Name:          "zones",
			Registrations: registrations(zones.PawlRegistration()),
			Plain:         func(ctx context.Context) []any { return outcome(zones.Offices(ctx)) },
			Durable: func(ctx context.Context, c *pawl.Client) []any {
				return outcome(started(zones.StartOffices(ctx, c, ID)).Result(ctx))
			},
		},
	}
}

func drawing() codecs.Drawing {
	return codecs.Drawing{Shapes: []codecs.Shape{codecs.Square{Side: 2}, codecs.Rect{Width: 3, Height: 4}}}
}

func blob() payloads.Blob {
	return payloads.Blob{Name: "b", Data: bytes.Repeat([]byte{0xff, 0}, 150_000)}
}

func transfer() *receivers.Transfer {
	return &receivers.Transfer{Fee: receivers.Fee{Percent: 2, Least: 30}, Limits: map[string]int{"Ada": 5000}}
}

func tree() recursion.Node {
	leaf := func(name string) recursion.Node { return recursion.Node{Name: name} }
	return recursion.Node{Name: "root", Children: []recursion.Node{
		{Name: "a", Children: []recursion.Node{leaf("b"), leaf("c")}}, leaf("d"),
	}}
}
