#!/bin/sh
# Installs what the tests need beside Go, on Debian and its relatives, and only
# what is missing. The tests start a redis-server of their own on a free port:
# the service that the package may start is not used, and apt's exit status is
# not asked, because a service that does not start is of no consequence here.
set -u

has_chromium() {
	for name in chromium chromium-browser google-chrome google-chrome-stable headless-shell; do
		command -v "$name" >/dev/null 2>&1 && return 0
	done
	return 1
}

has_fonts() {
	if command -v fc-list >/dev/null 2>&1; then
		[ -n "$(fc-list ':lang=zh-cn' 2>/dev/null)" ]
	elif command -v dpkg-query >/dev/null 2>&1; then
		dpkg-query -W -f '${Status}' fonts-noto-cjk 2>/dev/null | grep -q 'install ok installed'
	fi # elsewhere nobody can say; the pages' tests would show boxes
}

# axe-core, which looks at the pages for what keeps people from using them. The
# exact version is in tools/axe/package.json; the test knows its hash.
axe="$(dirname "$0")/axe"
has_axe() { [ -f "$axe/node_modules/axe-core/axe.min.js" ]; }

missing() {
	has_axe || command -v npm >/dev/null 2>&1 || printf ' npm'
	command -v redis-server >/dev/null 2>&1 || printf ' redis-server'
	command -v curl >/dev/null 2>&1 || printf ' curl'
	has_chromium || printf ' chromium'
	has_fonts || printf ' fonts-noto-cjk'
}

fetch_axe() {
	has_axe && return 0
	(cd "$axe" && npm install --no-package-lock --no-audit --no-fund --silent) && has_axe && return 0
	echo "npm could not install axe-core into $axe; run npm install there" >&2
	return 1
}

packages="$(missing)"
if [ -z "$packages" ]; then
	fetch_axe
	exit
fi

if ! command -v apt-get >/dev/null 2>&1; then
	cat >&2 <<EOF
The tests need these, named as in Debian:$packages
This system has no apt-get. Install them by its own means and run make test again, for instance
  Fedora   dnf install redis chromium google-noto-sans-cjk-fonts
  Arch     pacman -S redis chromium noto-fonts-cjk
  macOS    brew install redis && brew install --cask chromium
EOF
	exit 1
fi

root=""
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "The tests need$packages; install them as root: apt-get install$packages" >&2
		exit 1
	fi
	root="sudo"
fi

echo "installing for the tests:$packages"
$root apt-get update -q || echo "apt-get update failed; trying with what is known" >&2
# shellcheck disable=SC2086 # a list of packages
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages

packages="$(missing)"
if [ -n "$packages" ]; then
	echo "still missing:$packages; install them by hand: apt-get install$packages" >&2
	exit 1
fi
fetch_axe
