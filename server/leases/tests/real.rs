//! Lease files that real servers wrote for a real client: Kea and ISC dhcpd, IPv4 and IPv6, in network namespaces.
mod common;

use common::{read, refused, said, settings};
use leases::Format;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::Mutex,
};

/// The client's device.
const DEVICE: &str = "02:00:00:00:00:07";
/// Two namespaces at a time are enough.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Two namespaces with a cable between; `$1` is the folder, `$2` what makes their names, `$3` the server's commands.
const SCENE: &str = r#"
set -u
D=$1; S=ls-$2-srv; C=ls-$2-cli; cd $D
trap 'kill $(jobs -p) 2>/dev/null; wait; ip netns del $S 2>/dev/null; ip netns del $C 2>/dev/null' EXIT
ip netns add $S && ip netns add $C || exit 9
ip -n $S link add v0 type veth peer name v1 netns $C || exit 9
ip -n $S addr add 192.0.2.1/24 dev v0
ip -n $S -6 addr add 2001:db8::1/64 dev v0 nodad
ip -n $S link set v0 up
ip -n $C link set v1 address 02:00:00:00:00:07
ip -n $C link set v1 up
sleep 2.5
client() { ip netns exec $C timeout 20 dhclient "$@" -v -sf /bin/true v1 >>$D/client.log 2>&1; }
eval "$3"
"#;

const KEA: &str = r#"
export KEA_PIDFILE_DIR=$D KEA_LOCKFILE_DIR=$D
cat >kea4.json <<E
{"Dhcp4":{"interfaces-config":{"interfaces":["v0"]},"lease-database":{"type":"memfile","persist":true,"name":"$D/kea-leases4.csv","lfc-interval":0},
"valid-lifetime":600,"subnet4":[{"id":1,"subnet":"192.0.2.0/24","pools":[{"pool":"192.0.2.50 - 192.0.2.60"}]}]}}
E
cat >kea6.json <<E
{"Dhcp6":{"data-directory":"$D","interfaces-config":{"interfaces":["v0"]},"lease-database":{"type":"memfile","persist":true,"name":"$D/kea-leases6.csv","lfc-interval":0},
"valid-lifetime":600,"preferred-lifetime":300,"subnet6":[{"id":1,"subnet":"2001:db8::/64","interface":"v0","pools":[{"pool":"2001:db8::100 - 2001:db8::1ff"}],
"pd-pools":[{"prefix":"2001:db8:1::","prefix-len":48,"delegated-len":56}]}]}}
E
ip netns exec $S kea-dhcp4 -c kea4.json >kea4.log 2>&1 &
ip netns exec $S kea-dhcp6 -c kea6.json >kea6.log 2>&1 &
sleep 2
client -4 -1 -lf $D/c4 -pf $D/p4
client -6 -N -P -1 -lf $D/c6 -pf $D/p6
ip -n $C addr add 192.0.2.50/24 dev v1
sleep 2
client -4 -r -lf $D/c4 -pf $D/p4
sleep 1
"#;

const ISC: &str = r#"
touch isc.leases isc6.leases
echo 'default-lease-time 600; authoritative; subnet 192.0.2.0 netmask 255.255.255.0 { range 192.0.2.50 192.0.2.60; }' >isc.conf
echo 'default-lease-time 600; subnet6 2001:db8::/64 { range6 2001:db8::100 2001:db8::1ff; prefix6 2001:db8:1:: 2001:db8:1:ff00:: /56; }' >isc6.conf
ip netns exec $S dhcpd -4 -f -cf $D/isc.conf -lf $D/isc.leases -pf $D/isc.pid v0 >isc4.log 2>&1 &
ip netns exec $S dhcpd -6 -f -cf $D/isc6.conf -lf $D/isc6.leases -pf $D/isc6.pid v0 >isc6.log 2>&1 &
sleep 2
client -4 -1 -lf $D/c4 -pf $D/p4
client -6 -N -P -1 -lf $D/c6 -pf $D/p6
ip -n $C addr add 192.0.2.50/24 dev v1
sleep 2
client -4 -r -lf $D/c4 -pf $D/p4
sleep 1
"#;

fn have(program: &str) -> bool {
    ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].iter().any(|folder| Path::new(folder).join(program).exists())
}

/// Plays a scene; none where it cannot be played.
fn play(name: &str, programs: &[&str], commands: &str) -> Option<tempfile::TempDir> {
    let missing: Vec<&&str> = programs.iter().chain(&["ip", "dhclient"]).filter(|program| !have(program)).collect();
    if !missing.is_empty() {
        eprintln!("SKIPPED: no {missing:?} (tools/setup test brings them)");
        return None;
    }
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let id = format!("{name}{}", std::process::id());
    let mut bash = Command::new("bash");
    bash.args(["-c", SCENE, "scene"]).arg(folder.path()).args([&id, commands]).stdin(Stdio::null());
    let status = bash.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").status().unwrap();
    if status.code() == Some(9) {
        eprintln!("SKIPPED: network namespaces may not be made here");
        return None;
    }
    Some(folder)
}

fn of(folder: &Path, file: &str, format: Format) -> Vec<String> {
    let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
    let out = read(format, &settings(""), &text);
    let log = || fs::read_to_string(folder.join("client.log")).unwrap_or_default();
    assert_eq!(refused(&out), Vec::<String>::new(), "{text}");
    assert!(!out.said.is_empty(), "{file}: {text}\n{}", log());
    eprintln!("{file}: {:#?}", said(&out));
    said(&out)
}

/// The seconds for which somebody held something, as it is said.
fn seconds(saying: &str) -> i64 {
    let (from, to) = saying.rsplit_once("held ").unwrap().1.split_once(" to ").unwrap();
    let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    (at(to) - at(from)).num_seconds()
}

fn check(v4: &[String], v6: &[String]) {
    assert!(v4.iter().all(|saying| saying.contains(" 192.0.2.5") && saying.contains(DEVICE)), "{v4:?}");
    // Given back after a few seconds of its ten minutes.
    assert!(v4.iter().all(|saying| seconds(saying) < 60), "{v4:?}");
    assert!(v6.iter().any(|saying| saying.contains(" 2001:db8::1") && saying.contains(DEVICE)), "{v6:?}");
    assert!(v6.iter().any(|saying| saying.contains("/56 ") && saying.contains(DEVICE)), "{v6:?}");
}

#[test]
fn files_of_kea() {
    let Some(folder) = play("k", &["kea-dhcp4", "kea-dhcp6"], KEA) else { return };
    let at = folder.path();
    check(&of(at, "kea-leases4.csv", Format::Kea), &of(at, "kea-leases6.csv", Format::Kea6));
}

#[test]
fn files_of_dhcpd() {
    let Some(folder) = play("i", &["dhcpd"], ISC) else { return };
    let at = folder.path();
    check(&of(at, "isc.leases", Format::Isc), &of(at, "isc6.leases", Format::Isc6));
}
