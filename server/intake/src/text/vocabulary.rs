//! The words that say whose an address is, in the languages that reports come in. Names of fields are without spaces.
use std::collections::HashSet;
use std::sync::LazyLock;

type Words = LazyLock<HashSet<&'static str>>;

macro_rules! words {
    ($( $(#[$doc:meta])+ $name:ident = $text:literal; )+) => {
        $( $(#[$doc])+ pub(crate) static $name: Words = LazyLock::new(|| $text.split_whitespace().collect()); )+
    };
}

words! {
    /// Names of fields that mean the accused, without spaces and signs.
    SOURCE = "\
    sources origin attacksources sourceipv4 sourceipv6 srcipaddress ipsrcaddress sourceaddresses sourceandport sourceipport \
    source sourceip sourceaddress sourceipaddress sourceipaddresses sourceips sourcehost sourceaddr \
    sourcenetworkaddress src srcip srcaddr srcaddress srcipaddr saddr ipsrc ipsource attacker attackers \
    attackerip attackersip attackeripaddress attackerhost attackingip attackingipaddress attackinghost \
    attackip infectedserver infectedservers infectedhosts infectedips attackeraddress attackersaddress srcipv4 tracingip attacksource attacksourceip offender offenderip offendingip offendingipaddress \
    offendinghost offendingaddress offendingserver abuseip abusiveip abusiveipaddress abuserip \
    abusesource abusinghost infringingip infringingipaddress infringersipaddress infringeripaddress \
    infringerip infringersip quelle quellip quelladresse quellipadresse angreifer angreiferip remoteip \
    remoteaddr remoteaddress remoteipaddress remotehost rhost client clientip clientipaddress cip rip \
    originip originatingip originatingipaddress xoriginatingip senderip senderipaddress sendingip \
    sendingserver sendingserverip spamsource spamsourceip spammer spammerip infectedip infectedhost \
    infectedipaddress compromisedip compromisedhost maliciousip maliciousipaddress suspiciousip \
    suspectip hostileip intruder intruderip hackerip botip reportedip reportedipaddress yourip \
    youripaddress yourserver customerip userip useripaddress fromip badip scannerip affectedip \
    affectedipaddress affectedhost vulnerableip vulnerablehost involvedip ipinvolved bannedip blockedip \
    ipofattacker ipinquestion ipoffender adressesource adresseipsource ipattaquante iporigen \
    direcciondeorigen bronip bronadres aanvaller loggedip peerip phishingip malwareip listedip \
    offendingips sourceoftheattack c2attackerip clientipaddr detectedaddress attackingaddress srcipv4 ipv4srcaddr sourceipaddr";
    /// Names of fields that may mean either side and mostly mean the accused.
    FIELD = "\
    ipport ipaddressport ipaddressandport hostname system device node vps instance \
    ip ips ipv4s ipaddress ipaddresses ipaddr ipv4 ipv6 ipv4address ipv6address ipadresse ipadressen ipadres \
    adresseip adressesip direccionip direccioneip indirizzoip adresip ipadresa host hostip hostaddress \
    address hostipaddress hosts machine ipnumber";
    /// Words in the name of a field or before an address that mean the other side, or neither.
    OTHER = "\
    destination destinations dest dst dstip destip destinationip daddr lip target targets targeted \
    targetip victim victims victimip our ours my mine local localip localaddress reporter reporterip \
    honeypot sensor sinkhole cc c2 mx nameserver nameservers ns ns1 ns2 dns resolver resolvers gateway \
    netmask broadcast ziel zielip zieladresse cible destino bestemming unser unsere unserem unseren \
    unserer notre nos nuestro nuestra onze ons naš našeho version helo reportedby reportedto recipient \
    whois attackedhost attackedserver attackedip attackedsystem loggedby detectedby";
    /// Words before an address that mean where something came from.
    FROM = "\
    from by angreifers verursacher originating originated originates source src von vom aus desde depuis \
    vanaf van z dal od rhost attacker attackers offender culprit intruder hacker spammer client user \
    customer subscriber your yours ihr ihre ihrem ihrer ihres votre vos uw su tu vaší vaše about \
    concerning";
    /// Words before an address that mean where something went.
    TO = "\
    to against towards toward into via through behind gegen vers contre contra naar";
    /// Words before an address that mean a place: hosted on, attack on.
    PLACE = "\
    on at in auf sur op";
    /// Words that stand between those and the address and say nothing.
    FILL = "\
    the a an this that following ip ips ip-address ip-adresse address addresses addr adresse adres \
    adresa adresy adresses ipv4 ipv6 host hosts server servers machine computer system network block \
    malicious number of is was der die das dem la le l de het with named web mail single one s ip's";
}

/// What follows the address of somebody who did something.
pub(crate) const DID: [&str; 31] = [
    "has attacked",
    "attacked",
    "is attacking",
    "has been attacking",
    "tried",
    "has tried",
    "attempted",
    "has attempted",
    "is trying",
    "was detected",
    "was caught",
    "was found",
    "was observed",
    "was seen",
    "was identified",
    "was banned",
    "was blocked",
    "has been banned",
    "has been blocked",
    "has been detected",
    "has been registered",
    "has been reported",
    "has been observed",
    "has been listed",
    "is listed",
    "is sending",
    "has sent",
    "is scanning",
    "scanned",
    "is infected",
    "on your network",
];
