//! The advice in German, in plain words and with the formal "Sie".
use super::{Advice, Group};

pub(super) const fn advice(group: Group) -> &'static Advice {
    match group {
        Group::Bot => &BOT,
        Group::Spam => &SPAM,
        Group::OpenService => &OPEN_SERVICE,
        Group::Attack => &ATTACK,
        Group::Ddos => &DDOS,
        Group::Content => &CONTENT,
        Group::Copyright => &COPYRIGHT,
        Group::Weakness => &WEAKNESS,
        Group::Server => &SERVER,
        Group::Other => &OTHER,
    }
}

const BOT: Advice = Advice {
    news: "Ein Gerät in Ihrem Netz ist vermutlich infiziert",
    because: "ein Gerät in Ihrem Netz infiziert ist",
    what: "Etwas in Ihrem Netz hat Rechner angerufen, mit denen Kriminelle infizierte Geräte steuern. Oft ist es ein altes Handy, ein Tablet, eine TV-Box, eine Kamera oder ein PC. Welches Gerät es ist, können wir nicht sehen.",
    risk: "Ihre eigenen Daten, Passwörter und Ihr Konto können in Gefahr sein.",
    steps: &[
        "Schalten Sie Geräte aus, die Sie nicht mehr brauchen oder die keine Updates mehr bekommen.",
        "Installieren Sie auf den anderen alle Updates. Denken Sie auch an Router, Kameras und TV-Boxen.",
        "Prüfen Sie jeden Computer vollständig mit einem aktuellen Virenscanner.",
        "Ändern Sie Ihr WLAN-Passwort und starten Sie den Router neu.",
        "Ändern Sie die Passwörter für Mail und Bank, und zwar an einem Gerät, dem Sie vertrauen.",
    ],
    expert: "Vergleichen Sie die Zeiten und Ports unten mit dem Protokoll Ihres Routers. Hinter NAT führt der Quellport am schnellsten zum Gerät.",
};

const SPAM: Advice = Advice {
    news: "Über Ihren Anschluss wird Spam verschickt",
    because: "darüber Spam verschickt wird",
    what: "Andere Mailsysteme haben unerwünschte Mails bekommen, die über Ihren Anschluss kamen. Meist wissen die Betroffenen nichts davon: Ein Gerät ist infiziert, oder jemand kennt ein Mail-Passwort.",
    risk: "Solange das so ist, nehmen andere vielleicht auch Ihre eigenen Mails nicht an.",
    steps: &[
        "Prüfen Sie jeden Computer vollständig mit einem aktuellen Virenscanner.",
        "Ändern Sie das Passwort jedes Postfachs, und zwar an einem Gerät, dem Sie vertrauen.",
        "Sie betreiben einen Mailserver? Stellen Sie sicher, dass Fremde nichts darüber senden können, und leeren Sie die Warteschlange.",
        "Sie betreiben eine Website? Aktualisieren Sie sie, und prüfen Sie das Kontaktformular.",
        "Sie verschicken einen Newsletter? Schreiben Sie nur Menschen, die darum gebeten haben, und bieten Sie eine Abmeldung an.",
    ],
    expert: "Suchen Sie ausgehende Verbindungen zu Port 25, Anmeldungen von fremden Adressen im Mail-Protokoll und Skripte, die Mails senden.",
};

const OPEN_SERVICE: Advice = Advice {
    news: "Ein Gerät in Ihrem Netz ist für Fremde offen",
    because: "Fremde ein Gerät in Ihrem Netz missbrauchen können",
    what: "Etwas in Ihrem Netz antwortet jedem im Internet. Fremde können damit andere angreifen oder Ihre Daten lesen. Es muss noch nichts Schlimmes geschehen sein.",
    risk: "Wer das Gerät findet, kann lesen, was nicht für ihn bestimmt ist.",
    steps: &[
        "Öffnen Sie die Einstellungen Ihres Routers. Schalten Sie Portfreigaben, „Exposed Host“ und Fernzugriff aus, die Sie nicht brauchen.",
        "Installieren Sie Updates auf dem Gerät: oft ein Netzwerkspeicher, eine Kamera, ein Drucker oder der Router selbst.",
        "Schalten Sie den Dienst aus, wenn Sie ihn nicht brauchen.",
        "Wenn Sie ihn brauchen: Erlauben Sie ihn nur im eigenen Netz, oder schützen Sie ihn mit einem starken Passwort.",
    ],
    expert: "Binden Sie den Dienst an das lokale Netz, filtern Sie den Port unten von außen, und prüfen Sie das von einem anderen Anschluss.",
};

const ATTACK: Advice = Advice {
    news: "Von Ihrem Anschluss kommen Angriffe auf andere Computer",
    because: "davon Angriffe auf andere Computer ausgehen",
    what: "Andere Computer haben Versuche bemerkt, einzubrechen oder Schwachstellen zu suchen. Diese Versuche kamen über Ihren Anschluss. Meist wissen die Betroffenen nichts davon: Ein Gerät ist infiziert oder wird missbraucht.",
    risk: "Wer das Gerät missbraucht, kann auch sehen, was Sie darauf tun.",
    steps: &[
        "Schalten Sie Geräte aus, die Sie nicht mehr brauchen oder die keine Updates mehr bekommen.",
        "Installieren Sie auf den anderen alle Updates. Denken Sie auch an Router, Kameras und TV-Boxen.",
        "Prüfen Sie jeden Computer vollständig mit einem aktuellen Virenscanner.",
        "Sie betreiben einen Server? Suchen Sie das Programm, das diese Verbindungen aufbaut, und ändern Sie alle Passwörter.",
        "Haben Sie selbst so einen Test gemacht? Dann beenden Sie ihn bitte und sagen Sie es uns.",
    ],
    expert: "Suchen Sie Prozesse mit vielen ausgehenden Verbindungen zum Port unten, unbekannte Cronjobs, Container und SSH-Schlüssel.",
};

const DDOS: Advice = Advice {
    news: "Von Ihrem Anschluss kommt Angriffsverkehr",
    because: "davon Angriffsverkehr ausgeht",
    what: "Über Ihren Anschluss lief eine Flut von Daten, die den Dienst eines anderen stören sollte. Meist wissen die Betroffenen nichts davon: Ein Gerät ist infiziert oder antwortet Fremden.",
    risk: "Solange das geschieht, kann Ihr eigenes Internet langsam sein oder ausfallen.",
    steps: &[
        "Ziehen Sie nacheinander den Stecker von Geräten, die Sie gerade nicht brauchen, zuerst Kameras und TV-Boxen.",
        "Installieren Sie auf den anderen und auf dem Router alle Updates.",
        "Öffnen Sie die Einstellungen Ihres Routers. Schalten Sie Portfreigaben und Fernzugriff aus, die Sie nicht brauchen.",
        "Prüfen Sie jeden Computer vollständig mit einem aktuellen Virenscanner.",
    ],
    expert: "Ist der Port unten 53, 123, 389, 1900 oder 11211, dient ein Dienst als Verstärker: Filtern Sie ihn von außen.",
};

const CONTENT: Advice = Advice {
    news: "Auf Ihrem Webspace wurde schädlicher Inhalt gefunden",
    because: "darüber schädliche Inhalte angeboten werden",
    what: "Eine Seite oder Datei unter Ihrer Adresse will Menschen täuschen oder ihnen schaden. Meist wissen die Besitzer nichts davon: Jemand ist in die Website eingebrochen.",
    risk: "Browser und Suchmaschinen warnen dann vielleicht vor Ihrer Website.",
    steps: &[
        "Nehmen Sie die Seite oder Datei vom Netz. Behalten Sie eine Kopie: Sie hilft, den Einbruchsweg zu finden.",
        "Aktualisieren Sie die Web-Software mit allen Themes und Plug-ins. Entfernen Sie, was Sie nicht brauchen.",
        "Ändern Sie alle Passwörter: für Webspace, Datenbank und die Benutzer der Website.",
        "Suchen Sie Dateien und Benutzer, die Sie nicht kennen.",
        "Spielen Sie möglichst eine Sicherung aus der Zeit davor ein.",
    ],
    expert: "Sehen Sie nach Dateien, die um die Zeiten unten geändert wurden, und nach POST-Anfragen im Protokoll; selten ist es nur eine Seite.",
};

const COPYRIGHT: Advice = Advice {
    news: "Jemand sagt, dass sein Werk über Ihren Anschluss verbreitet wurde",
    because: "ein Rechteinhaber Ansprüche erhebt",
    what: "Ein Rechteinhaber sagt, dass ein geschütztes Werk über Ihren Anschluss angeboten wurde. Wir geben das an Sie weiter. Ob es stimmt, haben wir nicht geprüft. Ihren Namen nennen wir nur, wenn ein Gesetz uns zwingt.",
    risk: "",
    steps: &[
        "Fragen Sie die Menschen, die Ihren Anschluss nutzen, ob sie davon wissen.",
        "Wenn jemand ein Tauschprogramm nutzt: Es bietet Dateien auch anderen an.",
        "Schützen Sie Ihr WLAN mit einem guten Passwort.",
        "Wenn der Vorwurf falsch ist, sagen Sie es uns unten. Auch eine Verbraucherzentrale oder ein Anwalt kann helfen.",
    ],
    expert: "Die Zeiten und Ports unten zeigen, welches Gerät es war, wenn Ihr Router ein Protokoll führt.",
};

const WEAKNESS: Advice = Advice {
    news: "Ein Gerät in Ihrem Netz hat eine bekannte Sicherheitslücke",
    because: "ein Gerät in Ihrem Netz eine bekannte Sicherheitslücke hat",
    what: "Ein Gerät in Ihrem Netz ist aus dem Internet erreichbar und hat eine Sicherheitslücke, die Kriminelle kennen. Es muss noch nichts Schlimmes geschehen sein.",
    risk: "Solche Geräte werden meist in wenigen Tagen gefunden und übernommen.",
    steps: &[
        "Installieren Sie das neueste Update des Geräts oder Programms.",
        "Gibt es keine Updates mehr? Dann nehmen Sie das Gerät bitte vom Internet.",
        "Öffnen Sie die Einstellungen Ihres Routers. Schalten Sie Portfreigaben und Fernzugriff aus, die Sie nicht brauchen.",
        "Ändern Sie die Passwörter, die auf dem Gerät gespeichert waren.",
    ],
    expert: "Suchen Sie vor dem Update nach Spuren eines Einbruchs: neue Benutzer, geänderte Dateien, unbekannte Verbindungen.",
};

const SERVER: Advice = Advice {
    news: "In Ihren Server wurde vermutlich eingebrochen",
    because: "in einen Ihrer Server eingebrochen wurde",
    what: "Ein Server oder eine Website von Ihnen verhält sich so, als ob jemand anders sie steuert. Die meisten Besitzer bemerken nichts.",
    risk: "Alle Daten und Passwörter auf diesem Server können Fremden bekannt sein.",
    steps: &[
        "Nehmen Sie den Server vom Internet, oder erlauben Sie nur Ihre eigene Adresse.",
        "Behalten Sie eine Kopie der Festplatte oder der Protokolle, falls Sie zur Polizei gehen wollen.",
        "Setzen Sie den Server aus sauberer Quelle neu auf. Wer von Hand putzt, übersieht oft etwas.",
        "Installieren Sie alle Updates, bevor er wieder ans Netz geht.",
        "Ändern Sie alle Passwörter und Schlüssel, die darauf waren.",
    ],
    expert: "Sehen Sie zu den Zeiten unten in die Protokolle; prüfen Sie cron, systemd, authorized_keys, Web-Verzeichnisse und ausgehende Verbindungen.",
};

const OTHER: Advice = Advice {
    news: "Wir haben eine Beschwerde über Ihren Anschluss bekommen",
    because: "wir ernste Beschwerden darüber bekommen haben",
    what: "Jemand hat uns etwas gemeldet, das an Ihrem Anschluss geschehen ist. Die Einzelheiten stehen unten, soweit wir sie zeigen dürfen.",
    risk: "",
    steps: &[
        "Lesen Sie die Einzelheiten unten. Wissen Sie, worum es geht? Dann sagen Sie es uns bitte.",
        "Installieren Sie alle Updates auf Ihren Geräten, und prüfen Sie sie vollständig auf Viren.",
        "Wenn Sie es nicht verstehen, wählen Sie unten „Ich brauche Hilfe“.",
    ],
    expert: "Vergleichen Sie die Zeiten und Ports unten mit Ihren Protokollen.",
};
