// Package uuid stands for the real one.
package uuid

type UUID [16]byte

func New() UUID { return UUID{} }

func NewString() string { return "" }

func NewRandom() (UUID, error) { return UUID{}, nil }

func NewV7() (UUID, error) { return UUID{}, nil }

func Must(id UUID, err error) UUID { return id }

func Parse(s string) (UUID, error) { return UUID{}, nil }

func (u UUID) String() string { return "" }
