package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"go.yaml.in/yaml/v3"
)

// compose is what the tests look at in deploy/compose.yaml.
type compose struct {
	Services map[string]struct {
		Image       string            `yaml:"image"`
		Command     []string          `yaml:"command"`
		Environment map[string]string `yaml:"environment"`
		Ports       []string          `yaml:"ports"`
		Secrets     []string          `yaml:"secrets"`
		User        string            `yaml:"user"`
		ReadOnly    bool              `yaml:"read_only"`
		CapDrop     []string          `yaml:"cap_drop"`
	} `yaml:"services"`
	Configs map[string]struct {
		File    string `yaml:"file"`
		Content string `yaml:"content"`
	} `yaml:"configs"`
	Secrets map[string]struct {
		File string `yaml:"file"`
	} `yaml:"secrets"`
}

func readCompose(t *testing.T) compose {
	t.Helper()
	var c compose
	if err := yaml.Unmarshal([]byte(readFile(t, root+"/deploy/compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestComposeServices(t *testing.T) {
	c := readCompose(t)
	image := regexp.MustCompile(`^nats:(\d+)\.(\d+)\b`)
	nodes, only := 0, map[string]bool{}
	for name, s := range c.Services {
		if strings.HasPrefix(s.Image, "nats:") {
			m := image.FindStringSubmatch(s.Image)
			if m == nil || m[1] != "2" || len(m[2]) < 2 || m[2] < "15" {
				t.Errorf("service %s: image %s: NATS 2.15 or newer is needed", name, s.Image)
			}
			if s.Environment["NATS_NAME"] == name {
				nodes++
			}
		}
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("service %s publishes %s beyond this host", name, p)
			}
		}
		for _, secret := range s.Secrets {
			if c.Secrets[secret].File == "" {
				t.Errorf("service %s: secret %s is not declared", name, secret)
			}
		}
		if name != "nats-volumes" && (!s.ReadOnly || !slices.Contains(s.CapDrop, "ALL")) {
			t.Errorf("service %s is not read_only without capabilities", name)
		}
		if i := slices.Index(s.Command, "--only"); i > 0 {
			only[s.Command[i+1]] = true
		}
	}
	if nodes != 3 {
		t.Errorf("%d NATS nodes, want 3", nodes)
	}
	for _, stage := range stages {
		if !only[stage] {
			t.Errorf("no service runs the stage %s", stage)
		}
	}
	if redis := strings.Join(c.Services["redis"].Command, " "); !strings.Contains(redis, "--maxmemory-policy noeviction") || !strings.Contains(redis, "--aclfile") {
		t.Errorf("redis runs with %q: it must refuse and not drop, and ask who is there", redis)
	}
}

// plainSecret finds a password, token or key whose value stands in the file.
var plainSecret = regexp.MustCompile(`(?im)^[^#\n]*\b[a-z_]*(?:password|passwd|token|secret|requirepass)["']?[:= ]+["']?([A-Za-z0-9_+/=-]{6,})`)

func TestDeployHoldsNoSecrets(t *testing.T) {
	entries, err := os.ReadDir(root + "/deploy")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasSuffix(e.Name(), ".md") || strings.HasSuffix(e.Name(), ".sh") {
			continue
		}
		for _, m := range plainSecret.FindAllStringSubmatch(readFile(t, filepath.Join(root, "deploy", e.Name())), -1) {
			t.Errorf("deploy/%s: %q looks like a secret; name a file", e.Name(), strings.TrimSpace(m[0]))
		}
	}
	for name, s := range readCompose(t).Secrets {
		if !strings.HasPrefix(s.File, "secrets/") {
			t.Errorf("compose.yaml: secret %s comes from %q, not from the folder that git ignores", name, s.File)
		}
	}
	for _, ignore := range []string{".gitignore", "deploy/Dockerfile.dockerignore"} {
		if !strings.Contains(readFile(t, filepath.Join(root, ignore)), "deploy/secrets") {
			t.Errorf("%s does not leave out deploy/secrets", ignore)
		}
	}
}

// madeSecrets runs secrets.sh aside and returns the folder it made.
func madeSecrets(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	script := writeFile(t, filepath.Join(dir, "secrets.sh"), readFile(t, root+"/deploy/secrets.sh"))
	for range 2 { // the second time nothing changes
		if out, err := exec.Command("sh", script).CombinedOutput(); err != nil {
			t.Fatalf("secrets.sh: %v\n%s", err, out)
		}
	}
	return filepath.Join(dir, "secrets")
}

func TestComposeSecretsAreMade(t *testing.T) {
	dir := madeSecrets(t)
	for name, s := range readCompose(t).Secrets {
		info, err := os.Stat(filepath.Join(dir, filepath.Base(s.File)))
		if err != nil {
			t.Errorf("secrets.sh makes no file for the secret %s: %v", name, err)
		} else if info.Mode().Perm()&0o444 != 0o444 {
			t.Errorf("%s cannot be read under the containers' user ids: %v", name, info.Mode())
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the secrets' folder is open to others: %v %v", info.Mode(), err)
	}
	config := readCompose(t).Configs["tbtwatch"].Content
	for _, m := range regexp.MustCompile(`/run/secrets/(\w+)`).FindAllStringSubmatch(config, -1) {
		for name, s := range readCompose(t).Services {
			if strings.HasPrefix(s.Image, "tbtwatch:") && !slices.Contains(s.Secrets, m[1]) {
				t.Errorf("service %s is not given the secret %s, which its configuration reads", name, m[1])
			}
		}
	}
}

func TestComposeConfiguration(t *testing.T) {
	c := load(t, withSecrets(t, readCompose(t).Configs["tbtwatch"].Content))
	if c.NATS.Replicas != 3 || strings.Count(c.NATS.URL, "nats://") != 3 {
		t.Errorf("%d replicas on %q, want 3 on three nodes", c.NATS.Replicas, c.NATS.URL)
	}
}

// natsOptions reads deploy/nats.conf as a container does, with made secrets.
func natsOptions(t *testing.T, secrets, name string) *natsserver.Options {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("NATS_NAME", name)
	writeFile(t, filepath.Join(dir, "run/secrets/nats_secrets.conf"), readFile(t, filepath.Join(secrets, "nats_secrets.conf")))
	o, err := natsserver.ProcessConfigFile(writeFile(t, filepath.Join(dir, "etc/nats/nats.conf"), readFile(t, root+"/deploy/nats.conf")))
	if err != nil {
		t.Fatalf("deploy/nats.conf: %v", err)
	}
	return o
}

func TestNatsConfiguration(t *testing.T) {
	o := natsOptions(t, madeSecrets(t), "nats-1")
	if !o.JetStream || !o.SyncAlways {
		t.Error("JetStream with sync_interval: always is mandatory")
	}
	const maxStore = 16 << 30 // nats.max_store where it is not set
	if o.JetStreamMaxStore <= maxStore {
		t.Errorf("max_file_store of %d bytes does not hold nats.max_store, %d", o.JetStreamMaxStore, maxStore)
	}
	if o.SystemAccount != "SYS" || o.NoAuthUser != "" || len(o.Users) != 3 || o.HTTPHost != "127.0.0.1" {
		t.Errorf("system account %q, no_auth_user %q, %d users, monitoring on %q", o.SystemAccount, o.NoAuthUser, len(o.Users), o.HTTPHost)
	}
	if len(o.Routes) != 3 || o.Cluster.Username == "" || o.Cluster.Password == "" {
		t.Errorf("routes %v; three are wanted, with a password", len(o.Routes))
	}
}

func TestServiceIsHardened(t *testing.T) {
	unit := readFile(t, root+"/deploy/tbtwatch.service")
	for _, line := range []string{
		"DynamicUser=yes", "StateDirectory=tbtwatch", "UMask=0077", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict",
		"ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes", "ProtectKernelTunables=yes", "ProtectKernelModules=yes", "ProtectControlGroups=yes",
		"RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "RestrictNamespaces=yes", "RestrictSUIDSGID=yes", "MemoryDenyWriteExecute=yes",
		"SystemCallArchitectures=native", "SystemCallFilter=@system-service", "Restart=on-failure", "WantedBy=multi-user.target",
	} {
		if !strings.Contains(unit, "\n"+line+"\n") {
			t.Errorf("tbtwatch.service lacks the line %s", line)
		}
	}
	stop := regexp.MustCompile(`\nTimeoutStopSec=(\d+)\n`).FindStringSubmatch(unit)
	if stop == nil {
		t.Fatal("tbtwatch.service has no TimeoutStopSec")
	}
	if d, err := time.ParseDuration(stop[1] + "s"); err != nil || d <= shutdownWithin {
		t.Errorf("systemd kills after %s s, the program asks for %s", stop[1], shutdownWithin)
	}
}

func TestDockerfileBuildsAsTheMakefileDoes(t *testing.T) {
	docker, makefile := readFile(t, root+"/deploy/Dockerfile"), readFile(t, root+"/Makefile")
	for _, want := range []string{"make build", "COPY --from=build /src/bin/tbtwatch /tbtwatch", "USER 65532:65532", "FROM scratch", `ENTRYPOINT ["/tbtwatch"]`, "HEALTHCHECK"} {
		if !strings.Contains(docker, want) {
			t.Errorf("the Dockerfile lacks %q", want)
		}
	}
	if !strings.Contains(makefile, `CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)" -o bin/tbtwatch ./cmd/tbtwatch`) {
		t.Error("make build does not make the static bin/tbtwatch that the Dockerfile takes")
	}
	need := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(readFile(t, root+"/go.mod"))
	if need == nil || !strings.Contains(docker, "FROM golang:"+need[1]+"-") {
		t.Errorf("the Dockerfile does not build with the Go of go.mod (%v)", need)
	}
}
