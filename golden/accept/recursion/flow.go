// Package recursion walks a tree with functions that call themselves and each other.
package recursion

import (
	"context"
	"time"
)

//go:generate go tool pawl generate

// Node is a node of a tree.
type Node struct {
	Name     string
	Children []Node
}

// Visit visits a node.
//
//pawl:activity
func Visit(ctx context.Context, name string) (string, error) { return "<" + name + ">", nil }

func walk(ctx context.Context, n Node, depth int) (string, error) {
	text, err := Visit(ctx, n.Name)
	if err != nil {
		return "", err
	}
	return text + below(ctx, n.Children, depth+1), nil
}

func below(ctx context.Context, nodes []Node, depth int) (text string) {
	for _, n := range nodes {
		inner, err := walk(ctx, n, depth)
		if err != nil {
			return err.Error()
		}
		text += inner
	}
	return text
}

// fibonacci recurs without a durable operation: it is called as it is.
func fibonacci(n int) int {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}

// kind is of a node.
type kind int

const (
	leaf kind = iota
	twig
	branch
)

// weigh ends by calling itself, from a switch over constants. It is no workflow, so that is a loop and nothing else.
func weigh(k kind, n int) int {
	switch k {
	case leaf:
		return n
	case twig:
		return weigh(leaf, n+1)
	case branch:
		return weigh(twig, n+10)
	}
	return weigh(branch, n+100)
}

// Walk visits every node, and recurs in a closure, too.
//
//pawl:workflow
func Walk(ctx context.Context, root Node) (string, int, error) {
	var countdown func(n int)
	countdown = func(n int) {
		if n > 0 {
			time.Sleep(time.Second)
			countdown(n - 1)
		}
	}
	countdown(3)
	text, err := walk(ctx, root, 0)
	return text, fibonacci(10) + weigh(branch, -11), err
}
