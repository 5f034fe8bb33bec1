# Everything here works with Go, git and make; see README.md.

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS   = -s -w -X main.version=$(VERSION)
TESTFLAGS = -timeout 30m

.PHONY: build test needs vet lint fuzz demo bench clean

build: ## the program, one static file: bin/tbtwatch
	CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)" -o bin/tbtwatch ./cmd/tbtwatch

test: needs vet ## installs what the tests need, then runs all of them
	go test $(TESTFLAGS) ./...

needs: ## redis-server, chromium and Chinese fonts, where they are missing
	@sh tools/needs.sh

vet:
	go vet ./...

lint: vet ## formatting and static analysis
	@unformatted="$$(gofmt -l .)"; if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	go tool -modfile=tools/go.mod staticcheck ./...

fuzz: ## made-up inputs for all readers; FUZZ_INPUTS=20000000 and more: see tools/fuzz.sh
	@sh tools/fuzz.sh

demo: ## the whole system on sample data, http://127.0.0.1:8080
	go run ./cmd/tbtwatch serve --demo

bench: ## time from the source to the mail server, and notices a second
	go run ./cmd/tbtwatch bench chain

clean: ## what build and demo left behind
	rm -rf bin tbtwatch-demo
