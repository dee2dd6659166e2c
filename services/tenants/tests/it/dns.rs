//! A name server that says what a test has it say.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CAA, CNAME, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;

#[derive(Default)]
struct Said {
    records: BTreeMap<String, Vec<RData>>,
    /// Names whose own servers are away.
    broken: BTreeSet<String>,
    is_away: bool,
}

/// Gone with the test's process.
#[derive(Clone)]
pub struct Zones {
    pub address: SocketAddr,
    said: Arc<Mutex<Said>>,
}

impl Zones {
    pub async fn start() -> Self {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).await.unwrap();
        let zones = Self {
            address: socket.local_addr().unwrap(),
            said: Arc::default(),
        };
        let own = zones.clone();
        tokio::spawn(async move {
            let mut bytes = [0; 4_096];
            loop {
                let (length, from) = socket.recv_from(&mut bytes).await.unwrap();
                let answer = own.answer(&bytes[..length]);
                socket.send_to(&answer, from).await.unwrap();
            }
        });
        // What is looked for to see whether anybody answers at all.
        zones.leads("letsencrypt.org", "192.0.2.80");
        zones
    }

    pub fn leads(&self, name: &str, address: &str) {
        let record = match address.parse().unwrap() {
            IpAddr::V4(address) => RData::A(A(address)),
            IpAddr::V6(address) => RData::AAAA(AAAA(address)),
        };
        self.add(name, record);
    }

    pub fn says(&self, name: &str, text: &str) {
        self.add(name, RData::TXT(TXT::new(vec![text.to_owned()])));
    }

    pub fn alias(&self, name: &str, of: &str) {
        let of = Name::from_ascii(format!("{of}.")).unwrap();
        self.add(name, RData::CNAME(CNAME(of)));
    }

    pub fn lets_only(&self, name: &str, authority: &str) {
        let authority = Name::from_ascii(authority).unwrap();
        let record = CAA::new_issue(false, Some(authority), Vec::new());
        self.add(name, RData::CAA(record));
    }

    pub fn forget(&self, name: &str) {
        self.said.lock().unwrap().records.remove(name);
    }

    pub fn breaks(&self, name: &str) {
        self.said.lock().unwrap().broken.insert(name.to_owned());
    }

    pub fn goes_away(&self, is_away: bool) {
        self.said.lock().unwrap().is_away = is_away;
    }

    fn add(&self, name: &str, record: RData) {
        let mut said = self.said.lock().unwrap();
        said.records
            .entry(name.to_owned())
            .or_default()
            .push(record);
    }

    fn answer(&self, question: &[u8]) -> Vec<u8> {
        let question = Message::from_vec(question).unwrap();
        let query = question.queries[0].clone();
        let name = query.name().to_ascii().to_lowercase();
        let name = name.trim_end_matches('.').to_owned();
        let said = self.said.lock().unwrap();
        let mut answer = Message::response(question.metadata.id, OpCode::Query);
        answer.metadata.recursion_desired = question.metadata.recursion_desired;
        answer.metadata.recursion_available = true;
        answer.add_query(query.clone());
        if said.is_away || said.broken.iter().any(|broken| name.ends_with(broken)) {
            answer.metadata.response_code = ResponseCode::ServFail;
        } else {
            answer.add_answers(found(&said, &name, query.query_type()));
        }
        answer.to_vec().unwrap()
    }
}

/// What is said of a name, through its alias.
fn found(said: &Said, name: &str, kind: RecordType) -> Vec<Record> {
    let mut found = Vec::new();
    let own = said.records.get(name).cloned().unwrap_or_default();
    for data in own {
        let of = Name::from_ascii(format!("{name}.")).unwrap();
        if let RData::CNAME(target) = &data
            && kind != RecordType::CNAME
        {
            let target = target.0.to_ascii();
            found.push(Record::from_rdata(of, 60, data.clone()));
            found.extend(self::found(said, target.trim_end_matches('.'), kind));
        } else if data.record_type() == kind {
            found.push(Record::from_rdata(of, 60, data));
        }
    }
    found
}
