package main

import (
	"strings"
	"testing"

	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/notify"
)

// A channel that exists has a name for people and stands in the manuals.
func TestEveryChannelIsNamed(t *testing.T) {
	for _, name := range notify.ChannelNames() {
		if triage.ChannelName(name) == (trade.Text{ZH: name, EN: name}) {
			t.Errorf("channel %s has no name in internal/triage", name)
		}
		for _, file := range []string{"README.md", "README.zh-CN.md"} {
			if !strings.Contains(readFile(t, root+"/"+file), "`"+name+"`") {
				t.Errorf("%s does not name the channel %s", file, name)
			}
		}
	}
}

// Who sends beside others on the same NATS server must agree with them on what
// to sign with; alone, or without sending, a process needs no secret.
func TestProcessesThatShareABusNeedAWebhookSecret(t *testing.T) {
	for _, tt := range []struct {
		url  string
		only []string
		want bool
	}{
		{"", nil, false}, {"nats://n:4222", nil, true}, {"nats://n:4222", []string{"notify"}, true}, {"nats://n:4222", []string{"console"}, true},
		{"nats://n:4222", []string{"ingest", "matcher"}, false},
	} {
		s := &System{cfg: defaultConfig()}
		s.cfg.NATS.URL, s.cfg.Only = tt.url, tt.only
		env := s.channelEnv()
		env.DataDir = t.TempDir()
		_, err := notify.OpenChannels(nil, env)
		if refused := err != nil && strings.Contains(err.Error(), "channel webhook: secret is missing"); refused != tt.want || err != nil != refused {
			t.Errorf("%q, %v: %v", tt.url, tt.only, err)
		}
	}
}

// Robots come in by a file, by either name of their channel; a wrong address
// is told in the language of the reader and without the robot's key.
func TestRobotsAreImported(t *testing.T) {
	const key = "0123456789abcdef01234567"
	addresses := map[string]string{
		"wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + key, "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=" + key + "#SECtest00",
		"feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/" + key + "#s3cret00",
	}
	rules := rulesFor(triage.DefaultConfig())
	for channel, address := range addresses {
		for _, word := range []string{channel, triage.ChannelName(channel).ZH} {
			row := map[string]string{"subscriber_id": "S", "kind": "部门", "name": "外贸", "channel": word, "address": address}
			s, _, bad := registry.ParseSubscriber(registry.FormRow(row), rules)
			if bad != nil || s.Channel != channel || s.Address != address {
				t.Errorf("%s: %+v, %v", word, s, bad)
			}
			for _, wrong := range []string{strings.TrimPrefix(address, "https://"), strings.Replace(address, "https", "http", 1), strings.Replace(address, ".", ".evil.", 1), key, address + " x", address + "#SECother!"} {
				row["address"] = wrong
				_, _, bad := registry.ParseSubscriber(registry.FormRow(row), rules)
				if bad == nil {
					t.Errorf("%s takes %s", channel, wrong)
					continue
				}
				for _, told := range []string{bad.Error(), bad.ZH()} {
					if strings.Contains(told, key) || strings.Contains(told, "s3cret00") || strings.Contains(told, "SECtest00") {
						t.Errorf("%s, %s: the refusal repeats the secret: %s", channel, wrong, told)
					}
				}
				if !strings.Contains(bad.ZH(), "Webhook 地址") || strings.Contains(bad.ZH(), "give ") || strings.Contains(bad.Error(), "地址") {
					t.Errorf("%s, %s: languages are mixed: %s / %s", channel, wrong, bad.Error(), bad.ZH())
				}
			}
		}
	}
}
