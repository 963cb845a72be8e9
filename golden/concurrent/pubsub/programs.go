package pubsub

// The list of the workflows.

import "context"

// Programs are the workflows of this package, by name.
var Programs = map[string]func(context.Context) (string, error){
	"Acknowledged":      Acknowledged,
	"Batches":           Batches,
	"BoundToContext":    BoundToContext,
	"Broadcast":         Broadcast,
	"ChannelOfChannels": ChannelOfChannels,
	"ClosedBus":         ClosedBus,
	"Conflated":         Conflated,
	"ConsumerGroups":    ConsumerGroups,
	"Delivered":         Delivered,
	"FirstHandler":      FirstHandler,
	"Handlers":          Handlers,
	"LateSubscriber":    LateSubscriber,
	"Observers":         Observers,
	"Offsets":           Offsets,
	"PanickingHandler":  PanickingHandler,
	"Priorities":        Priorities,
	"RacingPublishers":  RacingPublishers,
	"RequestReply":      RequestReply,
	"Retained":          Retained,
	"Simultaneous":      Simultaneous,
	"SlowSubscriber":    SlowSubscriber,
	"Synchronous":       Synchronous,
	"TwoTopics":         TwoTopics,
	"Unsubscribe":       Unsubscribe,
	"Wildcards":         Wildcards,
}
