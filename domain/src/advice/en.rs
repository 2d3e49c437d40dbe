//! The advice in English, at a reading age of about twelve.
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
    news: "A device on your network seems to be infected",
    because: "a device on your network is infected",
    what: "Something on your network has contacted machines that criminals use to control infected devices. It is often an old phone, tablet, TV box, camera or PC. We cannot see which one.",
    risk: "Your own data, passwords and bank account may be at risk.",
    steps: &[
        "Switch off devices that you no longer use or that no longer get updates.",
        "Install all updates on the others. Think of the router, cameras and TV boxes too.",
        "Run a full scan with an up-to-date virus scanner on every computer.",
        "Change your wifi password, then restart the router.",
        "Change the passwords of your mail and bank, from a device that you trust.",
    ],
    expert: "Compare the times and ports below with the connection log of your router. Behind NAT the source port is the quickest way to the device.",
};

const SPAM: Advice = Advice {
    news: "Spam is being sent through your connection",
    because: "spam is being sent through it",
    what: "Other mail systems received unwanted mail that came through your connection. Most people know nothing of it: a device is infected, or somebody has learned a mail password.",
    risk: "As long as this goes on, others may refuse your own mail.",
    steps: &[
        "Run a full scan with an up-to-date virus scanner on every computer.",
        "Change the password of every mailbox you use, from a device that you trust.",
        "Do you run a mail server? Make sure that strangers cannot send through it, and empty its queue.",
        "Do you run a website? Update it, and check its contact form.",
        "Do you send a newsletter? Write only to people who asked for it, and offer a way out.",
    ],
    expert: "Look for outgoing connections to port 25, for logins from foreign addresses in the mail log, and for scripts that send mail.",
};

const OPEN_SERVICE: Advice = Advice {
    news: "A device on your network is open to strangers",
    because: "a device on your network can be misused by strangers",
    what: "Something on your network answers anybody on the internet. Strangers can use it to attack others, or to read your data. Nothing bad needs to have happened yet.",
    risk: "Whoever finds the device can read from it what is not meant for them.",
    steps: &[
        "Open the settings of your router. Switch off port forwarding, \"exposed host\" and remote access that you do not need.",
        "Install updates on the device: often a storage box, a camera, a printer or the router itself.",
        "Switch the service off if you do not need it.",
        "If you need it, let only your own network reach it, or protect it with a strong password.",
    ],
    expert: "Bind the service to the local network, filter the port below from outside, and check with a scan from another connection.",
};

const ATTACK: Advice = Advice {
    news: "Attacks on other computers come from your connection",
    because: "attacks on other computers come from it",
    what: "Other computers saw attempts to break in, or to look for weak spots. These attempts came through your connection. Most people know nothing of it: a device is infected or misused.",
    risk: "Whoever misuses the device can also see what you do on it.",
    steps: &[
        "Switch off devices that you no longer use or that no longer get updates.",
        "Install all updates on the others. Think of the router, cameras and TV boxes too.",
        "Run a full scan with an up-to-date virus scanner on every computer.",
        "Do you run a server? Find the program that makes these connections, and change all passwords.",
        "Did you run such a test yourself? Please stop it and tell us.",
    ],
    expert: "Look for processes with many outgoing connections to the port below, for unknown cron jobs, containers and SSH keys.",
};

const DDOS: Advice = Advice {
    news: "Attack traffic comes from your connection",
    because: "attack traffic comes from it",
    what: "A flood of data went through your connection to disturb somebody else's service. Most people know nothing of it: a device is infected, or answers strangers.",
    risk: "While it happens, your own internet may be slow or fail.",
    steps: &[
        "Unplug devices one after the other that you do not need right now, cameras and TV boxes first.",
        "Install all updates on the others, and on the router.",
        "Open the settings of your router. Switch off port forwarding and remote access that you do not need.",
        "Run a full scan with an up-to-date virus scanner on every computer.",
    ],
    expert: "If the port below is 53, 123, 389, 1900 or 11211, a service is being used as an amplifier: filter it from outside.",
};

const CONTENT: Advice = Advice {
    news: "Harmful content was found on your web space",
    because: "harmful content is served from it",
    what: "A page or file at your address tries to deceive or harm people who open it. Most owners know nothing of it: somebody has broken into the website.",
    risk: "Browsers and search engines may warn people of your site.",
    steps: &[
        "Take the page or file offline. Keep a copy: it helps to find the way in.",
        "Update the web software with all its themes and plug-ins. Remove those that you do not use.",
        "Change all passwords: of the web space, the database, the website's users.",
        "Look for files and users that you do not know.",
        "If you can, put back a backup from before it began.",
    ],
    expert: "Look at files changed around the times below and at POST requests in the web server's log; one page is rarely all.",
};

const COPYRIGHT: Advice = Advice {
    news: "Somebody says that their work was shared through your connection",
    because: "a rights holder has made a claim",
    what: "A rights holder says that a protected work was offered through your connection. We pass this on to you. We have not checked whether it is true. We give them your name only if the law makes us.",
    risk: "",
    steps: &[
        "Ask the people who use your connection whether they know of it.",
        "If somebody uses a file sharing program, remember that it also offers files to others.",
        "Protect your wifi with a good password.",
        "If the claim is wrong, tell us below. A consumer advice centre or a lawyer can help you too.",
    ],
    expert: "The times and ports below show which device it was, if your router keeps a log.",
};

const WEAKNESS: Advice = Advice {
    news: "A device on your network has a known security hole",
    because: "a device on your network has a known security hole",
    what: "A device on your network can be reached from the internet and has a security hole that criminals know. Nothing bad needs to have happened yet.",
    risk: "Devices like this are usually found and taken over within days.",
    steps: &[
        "Install the latest update of the device or program.",
        "Is there no update any more? Then please take the device off the internet.",
        "Open the settings of your router. Switch off port forwarding and remote access that you do not need.",
        "Change the passwords that were stored on the device.",
    ],
    expert: "Check for traces of a break-in before you update: new users, changed files, unknown connections.",
};

const SERVER: Advice = Advice {
    news: "Somebody seems to have broken into your server",
    because: "somebody has broken into a server of yours",
    what: "A server or website of yours behaves as if somebody else controls it. Most owners notice nothing.",
    risk: "All data and passwords on that server may be known to strangers.",
    steps: &[
        "Take the server off the internet, or allow only your own address.",
        "Keep a copy of its disk or logs if you may want to go to the police.",
        "Set the server up anew from a clean source. Cleaning it by hand often misses something.",
        "Install all updates before it goes back online.",
        "Change every password and key that was on it.",
    ],
    expert: "Look at the times below in the logs; check cron, systemd units, authorized_keys, web roots and outgoing connections.",
};

const OTHER: Advice = Advice {
    news: "We have received a complaint about your connection",
    because: "we have received serious complaints about it",
    what: "Somebody has reported to us something that happened at your connection. The details are below, as far as we may show them.",
    risk: "",
    steps: &[
        "Read the details below. Do you know what it is about? Then please tell us.",
        "Install all updates on your devices and run a full virus scan.",
        "If you do not understand it, choose \"I need help\" below.",
    ],
    expert: "Compare the times and ports below with your logs.",
};
