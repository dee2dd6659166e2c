//! Names of things and people.

pub(super) const NOUNS: [&str; 16] = [
    "Prato",
    "Tapete",
    "Candeeiro",
    "Sabonete",
    "Avental",
    "Caderno",
    "Lenço",
    "Cesto",
    "Azulejo",
    "Manta",
    "Jarra",
    "Vela",
    "Almofada",
    "Chávena",
    "Saco",
    "Colher",
];
pub(super) const ADJECTIVES: [&str; 12] = [
    "Alentejano",
    "Algarvio",
    "Minhoto",
    "Beirão",
    "Transmontano",
    "Açoriano",
    "Rústico",
    "Clássico",
    "Moderno",
    "Antigo",
    "Leve",
    "Grande",
];
pub(super) const FIRST_NAMES: [&str; 14] = [
    "Ana",
    "João",
    "Conceição",
    "Inês",
    "Zé",
    "Mª José",
    "Sofia",
    "Tiago",
    "Nuno",
    "D’Artagnan",
    "Müller",
    "Łukasz",
    "Marta",
    "José António",
];
pub(super) const LAST_NAMES: [&str; 12] = [
    "Silva",
    "São Bento",
    "Ñuñez",
    "Costa",
    "Pinto",
    "Ó Briain",
    "王",
    "Araújo",
    "de Sá e Melo",
    "Gonçalves",
    "Teixeira",
    "Öztürk",
];
/// City, postcode, country.
pub(super) const PLACES: [(&str, &str, &str); 8] = [
    ("Porto", "4000-123", "PT"),
    ("Lisboa", "1100 001", "PT"),
    ("Ponta Delgada", "9500-100", "PT"),
    ("Funchal", "9000-050", "PT"),
    ("Évora", "7000-511", "PT"),
    ("Madrid", "28001", "ES"),
    ("Braga", "4700", "PT"),
    ("Coimbra", "3000-213", "PT"),
];
/// As people write a tax number: with and without a country, none, anonymous, and wrong.
pub(super) const TAX_NUMBERS: [&str; 6] = [
    "501964843",
    "PT 500 100 144",
    "",
    "999999990",
    "PT123456789",
    "12345678",
];
