//! RADIUS packets: header, attributes, and the two MD5 sums that a shared secret makes (RFC 2865 §3, RFC 2866 §3).
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::{Digest as _, Md5};

/// Accounting-Request.
pub const ACCOUNTING_REQUEST: u8 = 4;
/// Accounting-Response.
pub const ACCOUNTING_RESPONSE: u8 = 5;
/// Longest packet, in bytes (RFC 2865 §3).
pub const PACKET_BYTES_MAX: usize = 4096;

const HEADER: usize = 20;
const PROXY_STATE: u8 = 33;
const MESSAGE_AUTHENTICATOR: u8 = 80;

/// A packet that is taken apart. Nothing of it is proven before [`Packet::signed_with`] says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// What it is.
    pub code: u8,
    /// Matches answers to requests.
    pub identifier: u8,
    bytes: &'a [u8],
}

/// Why bytes are no packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// Shorter than a header, or than it says.
    Short,
    /// Its length is not from 20 to 4096.
    Length,
    /// An attribute is shorter than its own header or longer than the packet.
    Attribute,
}

impl Malformed {
    /// In plain words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Short => "shorter than it says",
            Self::Length => "a length that no packet has",
            Self::Attribute => "an attribute that does not fit",
        }
    }
}

impl<'a> Packet<'a> {
    /// Takes bytes apart; what is behind the stated length is padding.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (Some(&code), Some(&identifier)) = (bytes.first(), bytes.get(1)) else { return Err(Malformed::Short) };
        let (Some(&high), Some(&low)) = (bytes.get(2), bytes.get(3)) else { return Err(Malformed::Short) };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if !(HEADER..=PACKET_BYTES_MAX).contains(&length) {
            return Err(Malformed::Length);
        }
        let bytes = bytes.get(..length).ok_or(Malformed::Short)?;
        let packet = Self { code, identifier, bytes };
        let mut rest = bytes.get(HEADER..).unwrap_or_default();
        while !rest.is_empty() {
            rest = attribute(rest).ok_or(Malformed::Attribute)?.2;
        }
        Ok(packet)
    }

    /// Its attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
        let mut rest = self.bytes.get(HEADER..).unwrap_or_default();
        std::iter::from_fn(move || {
            let (kind, value, after) = attribute(rest)?;
            rest = after;
            Some((kind, value))
        })
    }

    fn authenticator(&self) -> &'a [u8] {
        self.bytes.get(4..HEADER).unwrap_or_default()
    }

    /// Whether a request was made by somebody who knows the secret: its authenticator (RFC 2866 §3) and, if it has one,
    /// its Message-Authenticator (RFC 5176 §2.3) are right.
    pub fn signed_with(&self, secret: &[u8]) -> bool {
        let sum = request_sum(self.bytes, secret);
        same(&sum, self.authenticator()) && self.message_authenticator_fits(secret)
    }

    fn message_authenticator_fits(&self, secret: &[u8]) -> bool {
        let mut zeroed = self.bytes.to_vec();
        let mut at = HEADER;
        let mut stated = None;
        for (kind, value) in self.attributes() {
            if kind == MESSAGE_AUTHENTICATOR {
                if value.len() != 16 || stated.is_some() {
                    return false;
                }
                stated = Some(value);
                if let Some(place) = zeroed.get_mut(at + 2..at + 18) {
                    place.fill(0);
                }
            }
            at += value.len() + 2;
        }
        let Some(stated) = stated else { return true };
        if let Some(place) = zeroed.get_mut(4..HEADER) {
            place.fill(0);
        }
        let Ok(mut mac) = Hmac::<Md5>::new_from_slice(secret) else { return false };
        mac.update(&zeroed);
        mac.verify_slice(stated).is_ok()
    }

    /// The answer to an Accounting-Request: each Proxy-State is given back as it came.
    pub fn accounting_response(&self, secret: &[u8]) -> Vec<u8> {
        let mut answer = vec![ACCOUNTING_RESPONSE, self.identifier, 0, 0];
        answer.extend_from_slice(self.authenticator());
        for (kind, value) in self.attributes().filter(|(kind, _)| *kind == PROXY_STATE) {
            push(&mut answer, kind, value);
        }
        finish(&mut answer, secret);
        answer
    }
}

/// The authenticator that a request must have: MD5 over it with sixteen zeros in its place, and the secret.
fn request_sum(bytes: &[u8], secret: &[u8]) -> [u8; 16] {
    let mut sum = Md5::new();
    sum.update(bytes.get(..4).unwrap_or_default());
    sum.update([0; 16]);
    sum.update(bytes.get(HEADER..).unwrap_or_default());
    sum.update(secret);
    sum.finalize().into()
}

/// A request with its authenticator (Accounting-Request, and CoA- and Disconnect-Request of RFC 5176 alike).
pub fn request(code: u8, identifier: u8, attributes: &[(u8, &[u8])], secret: &[u8]) -> Vec<u8> {
    let mut bytes = vec![code, identifier, 0, 0];
    bytes.extend_from_slice(&[0; 16]);
    for (kind, value) in attributes {
        push(&mut bytes, *kind, value);
    }
    finish(&mut bytes, secret);
    bytes
}

/// Whether an answer was made by somebody who knows the secret and saw the request.
pub fn answers(answer: &[u8], request: &[u8], secret: &[u8]) -> bool {
    let Ok(packet) = Packet::parse(answer) else { return false };
    let mut sum = Md5::new();
    sum.update(packet.bytes.get(..4).unwrap_or_default());
    sum.update(request.get(4..HEADER).unwrap_or_default());
    sum.update(packet.bytes.get(HEADER..).unwrap_or_default());
    sum.update(secret);
    let sum: [u8; 16] = sum.finalize().into();
    request.get(1) == Some(&packet.identifier) && same(&sum, packet.authenticator())
}

/// Sets the length and replaces the authenticator by the sum over what stands there.
fn finish(bytes: &mut [u8], secret: &[u8]) {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
    if let Some(place) = bytes.get_mut(2..4) {
        place.copy_from_slice(&length);
    }
    let mut sum = Md5::new();
    sum.update(&*bytes);
    sum.update(secret);
    let sum: [u8; 16] = sum.finalize().into();
    if let Some(place) = bytes.get_mut(4..HEADER) {
        place.copy_from_slice(&sum);
    }
}

fn push(bytes: &mut Vec<u8>, kind: u8, value: &[u8]) {
    let Ok(length) = u8::try_from(value.len() + 2) else { return };
    bytes.extend_from_slice(&[kind, length]);
    bytes.extend_from_slice(value);
}

fn attribute(rest: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&kind, &length) = (rest.first()?, rest.get(1)?);
    let (whole, after) = rest.split_at_checked(usize::from(length))?;
    Some((kind, whole.get(2..)?, after))
}

/// Compares without telling by its time how much is right.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |sum, (one, other)| sum | (one ^ other)) == 0
}
