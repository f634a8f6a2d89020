#include "domain/search_terms.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <set>

#include "domain/error.hpp"

namespace chat {
namespace {

// Longer ones are no words: what follows is not looked at.
constexpr std::size_t max_unit_bytes = 64;

const icu::Normalizer2& normalizer(const char* name, UNormalization2Mode mode) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const found = icu::Normalizer2::getInstance(nullptr, name, mode, status);
  if (U_FAILURE(status)) {
    throw Error(ErrorCode::internal, "Internal error: The rules of Unicode are missing");
  }
  return *found;
}

icu::UnicodeString normalized(const icu::Normalizer2& by, const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString result = by.normalize(text, status);
  return U_FAILURE(status) ? text : result;
}

// Without case, width and accents: "Müßig" is "mussig", and so is "MUSSIG".
icu::UnicodeString folded_text(std::string_view utf8) {
  static const icu::Normalizer2& casefold = normalizer("nfkc_cf", UNORM2_COMPOSE);
  static const icu::Normalizer2& decompose = normalizer("nfc", UNORM2_DECOMPOSE);
  const auto text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
  const icu::UnicodeString parts = normalized(decompose, normalized(casefold, text));
  icu::UnicodeString bare;
  for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    const UChar32 c = parts.char32At(i);
    if (u_charType(c) != U_NON_SPACING_MARK || u_hasBinaryProperty(c, UCHAR_DIACRITIC) == 0) {
      bare.append(c);
    }
  }
  static const icu::Normalizer2& compose = normalizer("nfc", UNORM2_COMPOSE);
  return normalized(compose, bare);
}

std::string utf8_of(const icu::UnicodeString& text) {
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

// Where no blank stands between words.
bool is_without_blanks(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_BOPOMOFO:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
    case USCRIPT_TIBETAN:
      return true;
    default:
      // The mark that makes a Japanese vowel long belongs to both of its scripts.
      return c == 0x30FC;
  }
}

bool is_of_word(UChar32 c) {
  return u_isalnum(c) != 0 || u_charType(c) == U_NON_SPACING_MARK ||
         u_charType(c) == U_COMBINING_SPACING_MARK;
}

struct Unit {
  std::string text;
  bool is_letter = false;     // of a script without blanks
  bool joins_before = false;  // nothing stands between it and the unit before
};

// The words, or letters, in their order.
std::vector<Unit> units_of(std::string_view utf8) {
  const icu::UnicodeString text = folded_text(utf8);
  std::vector<Unit> units;
  icu::UnicodeString word;
  bool joined = false;
  const auto end_word = [&] {
    if (word.isEmpty()) return;
    std::string unit = utf8_of(word);
    if (unit.size() > max_unit_bytes) {
      unit.resize(max_unit_bytes);
      while (!unit.empty() && (unit.back() & 0xC0) == 0x80) unit.pop_back();
      if (!unit.empty()) unit.pop_back();
    }
    units.push_back({std::move(unit), false, false});
    word.remove();
  };
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    const bool alone = (is_without_blanks(c) && is_of_word(c)) ||
                       u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION) != 0;
    if (alone) {
      end_word();
      units.push_back({utf8_of(icu::UnicodeString(c)), true, joined});
      joined = true;
      continue;
    }
    joined = false;
    if (is_of_word(c)) {
      word.append(c);
    } else {
      end_word();
    }
  }
  end_word();
  return units;
}

void add_tokens(const std::vector<Unit>& units, std::set<std::string>& tokens) {
  for (std::size_t i = 0; i < units.size(); ++i) {
    tokens.insert(units[i].text);
    if (units[i].is_letter && units[i].joins_before) {
      tokens.insert(units[i - 1].text + units[i].text);
    }
  }
}

std::string token_of_author(const std::string& folded) { return "from:" + folded; }

std::string folded_name(std::string_view name) { return utf8_of(folded_text(name)); }

std::string_view trim_front(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

// Up to the quote that ends it, or the end of the text.
std::string_view take_quoted(std::string_view& text) {
  text.remove_prefix(1);
  const std::string_view quoted = text.substr(0, text.find('"'));
  text.remove_prefix(std::min(text.size(), quoted.size() + 1));
  return quoted;
}

std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n\""));
  text.remove_prefix(word.size());
  return word;
}

bool holds_phrase(const std::vector<Unit>& units, const std::vector<std::string>& phrase) {
  const auto same = [](const Unit& unit, const std::string& part) { return unit.text == part; };
  return std::search(units.begin(), units.end(), phrase.begin(), phrase.end(), same) != units.end();
}

}  // namespace

SearchTerms parse_search(std::string_view text) {
  if (text.size() > max_search_bytes) {
    throw_invalid_argument("The parameter q is at most 256 bytes");
  }
  if (text.find('\0') != std::string_view::npos) {
    throw_invalid_argument("The parameter q must not contain U+0000");
  }
  SearchTerms terms;
  terms.text = text;
  std::set<std::string> tokens;
  constexpr std::string_view author = "from:";
  for (text = trim_front(text); !text.empty(); text = trim_front(text)) {
    if (text.starts_with(author) && text.size() > author.size()) {
      text.remove_prefix(author.size());
      terms.from = folded_name(text.starts_with('"') ? take_quoted(text) : take_word(text));
      tokens.insert(token_of_author(*terms.from));
      continue;
    }
    const std::vector<Unit> units =
        units_of(text.starts_with('"') ? take_quoted(text) : take_word(text));
    add_tokens(units, tokens);
    std::vector<std::string> phrase;
    for (const Unit& unit : units) phrase.push_back(unit.text);
    if (!phrase.empty()) terms.phrases.push_back(std::move(phrase));
  }
  if (tokens.empty()) throw_invalid_argument("The parameter q names no word to search for");
  terms.tokens.assign(tokens.begin(), tokens.end());
  return terms;
}

std::vector<std::string> search_tokens_of(const Message& message) {
  std::set<std::string> tokens;
  add_tokens(units_of(message.body), tokens);
  tokens.insert(search_token_of_room(message.room));
  if (message.author) tokens.insert(token_of_author(folded_name(*message.author)));
  return {tokens.begin(), tokens.end()};
}

std::string search_token_of_room(std::string_view room) { return "room:" + std::string(room); }

bool matches(const SearchTerms& terms, const Message& message) {
  if (message.deleted) return false;
  if (terms.from && (!message.author || folded_name(*message.author) != *terms.from)) return false;
  const std::vector<Unit> units = units_of(message.body);
  return std::all_of(terms.phrases.begin(), terms.phrases.end(),
                     [&](const auto& phrase) { return holds_phrase(units, phrase); });
}

}  // namespace chat
