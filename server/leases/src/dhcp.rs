//! What a DHCP server knows of a client, and which of it names the holder.
use crate::{
    format::Prefer,
    mac::{colons, mac_of_duid},
};
use domain::saying::HolderName;

/// The names of a client.
#[derive(Debug, Default)]
pub(crate) struct Client {
    pub(crate) circuit: Option<String>,
    pub(crate) remote: Option<String>,
    pub(crate) mac: Option<String>,
    pub(crate) duid: Option<Vec<u8>>,
}

impl Client {
    /// The holder by the preferred name.
    ///
    /// # Errors
    /// The client has no such name.
    pub(crate) fn holder(self, prefer: Prefer) -> Result<HolderName, String> {
        let mac = self.mac.or_else(|| self.duid.as_deref().and_then(mac_of_duid));
        // A relay that names no circuit may name the line by its remote id.
        let circuit = self.circuit.or(self.remote);
        let found = match prefer {
            Prefer::Circuit => circuit.map(HolderName::Circuit),
            Prefer::Mac => mac.map(HolderName::Mac),
            Prefer::Best => circuit
                .map(HolderName::Circuit)
                .or(mac.map(HolderName::Mac))
                .or(self.duid.map(|duid| HolderName::Circuit(format!("duid:{}", colons(&duid))))),
            Prefer::Username => return Err("DHCP knows no user names: prefer circuit or mac".to_owned()),
        };
        found.ok_or_else(|| match prefer {
            Prefer::Circuit => "names no circuit (option 82, 18 or 37)".to_owned(),
            Prefer::Mac => "names no MAC address".to_owned(),
            _ => "names neither circuit nor device".to_owned(),
        })
    }
}
