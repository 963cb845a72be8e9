// The rows about chance and identity.

package language

var chance = Theme{
	Title: "Random values and ids",
	Intro: "Random numbers come from the run's seed. Each goroutine has its own stream, so that an edit in one does not shift the others.",
	Rows: []Row{
		durable("functions of `math/rand` and `math/rand/v2`", "drawn from the run's stream",
			"accept/dice", "rand.Intn(6), randv2.IntN(6)", "accept/dice", "randv2.N(time.Minute)", "accept/chance", "rand.Perm(10)"),
		asIs("`rand.New` with the author's own source and seed", "Go guarantees that these sources never change",
			"accept/library", "rand.New(rand.NewSource(7))", "accept/library", "randv2.NewChaCha8("),
		rejected("PWL212", "`rand.Seed`", "seeds a generator that all runs share; the run already has a seed",
			"reject/secrets", "mathrand.Seed(1)"),
		rejected("PWL223", "random numbers in package variables", "differ between processes",
			"reject/secrets", "lucky = mathrand.Intn(100)"),
		rejected("PWL212", "`crypto/rand`, also when passed to a library", "differs on every replay, and a recorded value is not secret: generate it in an activity",
			"reject/randomness", "rand.Text()", "reject/secrets", "io.ReadFull(rand.Reader, token)"),
		rejected("PWL212", "generating keys", "uses the random source of the process", "reject/secrets", "rsa.GenerateKey(", "reject/secrets", "ed25519.GenerateKey(nil)"),
		rejected("PWL212", "`hash/maphash`", "is seeded by the process", "reject/randomness", "maphash.MakeSeed()"),
		durable("`uuid.New`, `NewString`, `NewRandom`, `NewV4`, `NewV7`", "of google/uuid, gofrs/uuid and satori/go.uuid: drawn from the run's stream",
			"accept/uuids", "ID: uuid.New()", "accept/uuids", "uuid.NewRandom()", "accept/uuids", "uuid.NewV7()", "accept/uuids", "uuid.NewString()", "runtime/abi/uuid_test.go", "abi.UUID7Err[uuid]"),
		asIs("UUIDs made from names, text and bytes", "`NewSHA1`, `NewMD5`, `Parse`, `FromBytes`", "accept/uuids", "uuid.NewSHA1(", "accept/uuids", "uuid.MustParse("),
		rejected("PWL212", "`uuid.NewUUID`, `SetRand` and similar; ulid, ksuid, xid, nanoid, snowflake", "depend on the host, its clock or its random source",
			"reject/ids", "uuid.SetRand(nil)", "reject/ids", "uuid.NewUUID()", "reject/ids", "gofrs.NewV1()", "reject/ids", "ulid.Make()"),
	},
}
