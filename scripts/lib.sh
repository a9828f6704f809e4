# shellcheck shell=bash
# What scripts/engine and scripts/registry share: words, packages, and programs that run in the
# background. Source it; it runs nothing by itself.

home=~
state=${XDG_STATE_HOME:-$home/.local/state}/modelyard   # logs, locks and process ids

say() { printf '%s\n' "$*" >&2; }                       # progress, for the person who waits
fail() { local code=$1; shift; say "$*"; exit "$code"; }

# bounded SECONDS COMMAND…: the command, ended when it takes longer (where the system has `timeout`).
bounded() {
  local seconds=$1; shift
  if command -v timeout >/dev/null; then timeout "$seconds" "$@"; else "$@"; fi
}

# can_install: whether this is Debian or one of its kin, and we may install packages on it.
can_install() { [[ -f /etc/debian_version && $(id -u) == 0 ]] && command -v apt-get >/dev/null; }

# lock NAME: one process at a time from here to the end of the script, on file descriptor 9. What may
# leave a daemon behind closes it (9>&-), or the lock would live as long as the daemon.
lock() {
  mkdir -p "$state"
  command -v flock >/dev/null || return 0               # macOS, where nothing is installed anyway
  exec 9>"$state/$1.lock"
  flock --nonblock 9 && return
  say "another scripts/$1 is at work, waiting for it …"
  flock --timeout 600 9 || fail 1 "scripts/$1: still at work elsewhere after 10 minutes; see $state"
}

# install_packages PACKAGE…: installs what is missing, and starts no service: a package's own service
# fails in a container without an init system, and may listen where nobody asked it to.
install_packages() {
  local package missing=()
  for package in "$@"; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done
  [[ ${#missing[@]} == 0 ]] && return
  say "installing ${missing[*]} …"
  (
    exec 8>"$state/packages.lock" && flock 8            # engine and registry may install at once
    trap allow_services EXIT
    trap 'exit 130' HUP INT TERM                        # so that Ctrl-C passes through the line above
    forbid_services || exit
    if compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null && apt_install "${missing[@]}"; then exit; fi
    apt-get --quiet --quiet update >>"$state/packages.log" 2>&1 8>&- 9>&- || true
    apt_install "${missing[@]}"
  ) || fail 1 "could not install ${missing[*]}: $(last_words packages)"
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold install "$@" \
    >>"$state/packages.log" 2>&1 </dev/null 8>&- 9>&-
}

# Debian asks /usr/sbin/policy-rc.d before a package starts a service; 101 means no. Whatever stood
# there comes back, and a rest of a killed run is cleared by the next.
policy=/usr/sbin/policy-rc.d
forbid_services() {
  allow_services
  [[ -e $policy || -L $policy ]] && mv "$policy" "$policy.before-modelyard"
  printf '#!/bin/sh\n# modelyard: no service starts while its package is installed\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}
allow_services() {
  if grep -qs '^# modelyard:' "$policy"; then rm "$policy"; fi
  if [[ -e $policy.before-modelyard ]]; then mv "$policy.before-modelyard" "$policy"; fi
}

# launch NAME PROGRAM [ARGUMENT…]: starts the program in a session of its own, on none of our pipes, so
# that it outlives us and nobody who reads our output waits for it. Its log and its id go to $state.
launch() {
  local name=$1; shift
  [[ -f $state/$name.log ]] && mv "$state/$name.log" "$state/$name.log.1"
  (
    cd /
    for fd in /proc/"$BASHPID"/fd/*; do                 # the lock's, and what our caller left open
      fd=${fd##*/}
      if ((fd > 2)); then eval "exec $fd>&-"; fi
    done
    exec setsid "$@"
  ) </dev/null >"$state/$name.log" 2>&1 &
  printf '%s %s\n' "$!" "${1##*/}" >"$state/$name.pid"
  until alive "$name" || ! kill -0 "$!" 2>/dev/null; do sleep 0.05; done    # it is still our shell
}

# alive NAME: whether what `launch NAME` started still runs, and its id is not another program's by now.
alive() {
  local pid program
  read -r pid program 2>/dev/null <"$state/$1.pid" || return 1
  is_program "$pid" "$program"
}

# is_program PID NAME: whether that process runs that program (a zombie runs nothing any more).
is_program() {
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" && [[ $stat == "$1 (${2:0:15}) "[!XZ]* ]]
}

# halt NAME: ends what `launch NAME` started, with time to end well. 1 where it still runs after 60 s.
halt() {
  local pid
  read -r pid _ <"$state/$1.pid"
  kill "$pid"
  for _ in {1..300}; do
    alive "$1" || { rm -f "$state/$1.pid"; return; }
    sleep 0.2
  done
  return 1
}

# last_words NAME: the last lines of its log, for the message that says it failed.
last_words() { printf 'the end of %s says:\n%s' "$state/$1.log" "$(tail -n 12 "$state/$1.log" 2>/dev/null)"; }
