package language

// This file is about chance and identity.

var chance = Theme{
	Title: "Chance and identity",
	Intro: "Random numbers are drawn from a seed that the run has. Each goroutine has a stream of its own, so that a change in one does not shift the others.",
	Rows: []Row{
		durable("functions of `math/rand` and `math/rand/v2`", "drawn from the run",
			"accept/dice", "rand.Intn(6), randv2.IntN(6)", "accept/dice", "randv2.N(time.Minute)", "accept/chance", "rand.Perm(10)"),
		asIs("`rand.New` with a source and a seed of the author's", "Go promises never to change these sources",
			"accept/library", "rand.New(rand.NewSource(7))", "accept/library", "randv2.NewChaCha8("),
		rejected("PWL212", "`rand.Seed`", "seeds what all runs share; the run has a seed already",
			"reject/secrets", "mathrand.Seed(1)"),
		rejected("PWL223", "random numbers in package variables", "are others in each process",
			"reject/secrets", "lucky = mathrand.Intn(100)"),
		rejected("PWL212", "`crypto/rand`, also handed to a library", "gives something else on every replay, and what is recorded is no secret: make it in an activity",
			"reject/randomness", "rand.Text()", "reject/secrets", "io.ReadFull(rand.Reader, token)"),
		rejected("PWL212", "making keys", "draws from the process", "reject/secrets", "rsa.GenerateKey(", "reject/secrets", "ed25519.GenerateKey(nil)"),
		rejected("PWL212", "`hash/maphash`", "is seeded by the process", "reject/randomness", "maphash.MakeSeed()"),
		durable("`uuid.New`, `NewString`, `NewRandom`, `NewV4`, `NewV7`", "of google/uuid, gofrs/uuid and satori/go.uuid: drawn from the run",
			"accept/uuids", "ID: uuid.New()", "accept/uuids", "uuid.NewRandom()", "accept/uuids", "uuid.NewV7()", "accept/uuids", "uuid.NewString()", "runtime/abi/uuid_test.go", "abi.UUID7Err[uuid]"),
		asIs("UUIDs made of names, texts and bytes", "`NewSHA1`, `NewMD5`, `Parse`, `FromBytes`", "accept/uuids", "uuid.NewSHA1(", "accept/uuids", "uuid.MustParse("),
		rejected("PWL212", "`uuid.NewUUID`, `SetRand` and its like; ulid, ksuid, xid, nanoid, snowflake", "go by the host, its clock, or its chance",
			"reject/ids", "uuid.SetRand(nil)", "reject/ids", "uuid.NewUUID()", "reject/ids", "gofrs.NewV1()", "reject/ids", "ulid.Make()"),
	},
}
