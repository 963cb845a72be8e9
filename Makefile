# The commands that a contributor needs. `make help` lists them.

.PHONY: help generate test lint race ci

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

generate: ## regenerate all generated code of the repository
	go run ./cmd/pawl generate ./...

test: ## run all tests
	go test ./...

lint: ## run the linters of .golangci.yml; the first run builds golangci-lint
	.ci/lint

race: ## run the tests of the engine with the race detector
	.ci/race

ci: ## run everything that must pass before a change is merged
	.ci/run
