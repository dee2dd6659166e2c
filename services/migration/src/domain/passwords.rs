//! Files of password hashes: a table of `wp_users` as CSV or as SQL.

/// Lines that are read of one file.
pub const LINES_MAX: usize = 200_000;

/// An address and what its password was turned into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub email: String,
    pub hash: String,
}

/// The pairs of a file, and how many of its lines had none. Any order of columns will do: an address
/// is what has an `@`, a hash is what looks like one.
pub fn read(file: &str) -> (Vec<Pair>, usize) {
    let (mut pairs, mut without) = (Vec::new(), 0);
    for line in file.lines().take(LINES_MAX) {
        let rows: Vec<&str> = if line.contains("),(") || line.contains("), (") {
            line.split("),").collect()
        } else {
            vec![line]
        };
        for row in rows {
            match pair_of(row) {
                Some(pair) => pairs.push(pair),
                None if row.trim().is_empty() => {}
                None => without += 1,
            }
        }
    }
    (pairs, without)
}

fn pair_of(row: &str) -> Option<Pair> {
    let fields = row.split([',', ';', '\t', '(', ')']).map(|field| {
        let quoted = |c: char| c.is_whitespace() || c == '"' || c == '\'';
        field.trim_matches(quoted)
    });
    let fields: Vec<&str> = fields.collect();
    let email = fields.iter().find(|field| is_email(field))?;
    let hash = fields.iter().find(|field| is_hash(field))?;
    Some(Pair {
        email: (*email).to_owned(),
        hash: (*hash).to_owned(),
    })
}

fn is_email(field: &str) -> bool {
    let at = field.split_once('@');
    at.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        && field.len() <= 254
        && !field.contains(char::is_whitespace)
}

fn is_hash(field: &str) -> bool {
    let starts = ["$P$", "$H$", "$wp$", "$2y$", "$2a$", "$2b$"];
    let is_md5 = field.len() == 32 && field.bytes().all(|byte| byte.is_ascii_hexdigit());
    starts.iter().any(|start| field.starts_with(start)) || is_md5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_as_csv_and_as_sql() {
        let csv = "ID,user_login,user_pass,user_email\n1,ana,$P$Bpj8.xVrOUm4we.zd96Ir6MBWArUtw1,ana@example.test\n2,x,y,z\n";
        let (pairs, without) = read(csv);
        assert_eq!(
            pairs,
            [Pair {
                email: "ana@example.test".into(),
                hash: "$P$Bpj8.xVrOUm4we.zd96Ir6MBWArUtw1".into()
            }]
        );
        assert_eq!(without, 2);
        let sql = "INSERT INTO `wp_users` VALUES (1,'ana','$wp$2y$10$abc','ana','ana@example.test','',0),(2,'rui','5f4dcc3b5aa765d61d8327deb882cf99','rui','rui@example.test');";
        let (pairs, _) = read(sql);
        assert_eq!(pairs.len(), 2);
        assert_eq!(pairs[1].email, "rui@example.test");
    }
}
