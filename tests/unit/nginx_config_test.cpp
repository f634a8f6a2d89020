#include "doctor/nginx_config.hpp"

#include "catch.hpp"
#include "doctor/nginx_scope.hpp"

using namespace chat;
using std::chrono::milliseconds;

namespace {

// The configuration on one line, each word in brackets.
std::string shown(const NginxBlock& block) {
  std::string text;
  for (const auto& [name, arguments, inner] : block) {
    text += '[' + name + ']';
    for (const std::string& argument : arguments) text += '[' + argument + ']';
    text += inner.empty() ? ";" : "{" + shown(inner) + "}";
  }
  return text;
}

std::string parsed(const std::string& text) { return shown(parse_nginx_config(text)); }

std::string refusal_of(const std::string& text) {
  try {
    parse_nginx_config(text);
  } catch (const NginxConfigError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("Directives have words, blocks have directives") {
  CHECK(parsed("a;b c  d;\n\te{f g;h{}}") == "[a];[b][c][d];[e]{[f][g];[h];}");
  CHECK(parsed("").empty());
}

TEST_CASE("Comments begin where a word may begin") {
  CHECK(parsed("# a;\nb c#d; # e\n#f") == "[b][c#d];");
}

TEST_CASE("Quotes hold what else would end a word") {
  CHECK(parsed(R"(a "b; {c}" 'd "e' "";)") == R"([a][b; {c}][d "e][];)");
  CHECK(parsed(R"(a "b\"c\\d\.e";)") == R"([a][b"c\d\.e];)");
}

TEST_CASE("The brace of a variable belongs to its word") {
  CHECK(parsed("a ${b}c;") == "[a][${b}c];");
  CHECK(parsed("a $b{c;}") == "[a][$b]{[c];}");
}

TEST_CASE("A backslash keeps what follows in the word") {
  CHECK(parsed(R"(location ~ /\. {a;})") == R"([location][~][/\.]{[a];})");
  CHECK(parsed(R"(a b\;c;)") == R"([a][b\;c];)");
}

TEST_CASE("Lua is passed over") {
  CHECK(parsed("a{content_by_lua_block { if x then y = {1} end } b;}") ==
        "[a]{[content_by_lua_block];[b];}");
}

TEST_CASE("Included files stand in the place of the include, in order of their names") {
  CHECK(parsed("nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
               "# configuration file /etc/nginx/nginx.conf:\n"
               "a;include conf.d/*.conf;include /etc/nginx/last;\n"
               "# configuration file /etc/nginx/conf.d/2.conf:\nc;\n"
               "# configuration file /etc/nginx/conf.d/1.conf:\n# comment\nb{include sub/x;}\n"
               "# configuration file /etc/nginx/conf.d/1.txt:\nno;\n"
               "# configuration file /etc/nginx/sub/x:\nd;"
               "\n# configuration file /etc/nginx/last:\ne;") == "[a];[b]{[d];}[c];[e];");
}

TEST_CASE("An include that is missing is an error, a pattern without files is none") {
  CHECK(parsed("include none/*.conf;a;") == "[a];");
  CHECK(refusal_of("# configuration file /n/nginx.conf:\na;\ninclude mime.types;") ==
        "/n/nginx.conf, line 2: the file /n/mime.types is included but not there; give all that "
        "`nginx -T` prints");
}

TEST_CASE("What is no configuration is refused with its place") {
  CHECK(refusal_of("a;\nb") == "the nginx configuration, line 2: the directive b is not ended");
  CHECK(refusal_of("a {").find("a directive was expected") != std::string::npos);
  CHECK(refusal_of("a; }").find("a directive was expected") != std::string::npos);
  CHECK(refusal_of("a \"b").find("a quote is not closed") != std::string::npos);
  CHECK(refusal_of(";").find("a directive was expected") != std::string::npos);
}

TEST_CASE("What is quoted cannot command a terminal") {
  CHECK(refusal_of("# configuration file /a\x1b[2J:\nb") ==
        "/a [2J, line 1: the directive b is not ended");
}

TEST_CASE("No text takes more than its share") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a{";
  CHECK(refusal_of(deep).find("nested too deeply") != std::string::npos);
  CHECK(refusal_of("# configuration file /a:\ninclude /a;").find("nested too deeply") !=
        std::string::npos);
  std::string wide = "# configuration file /a:\n";
  for (int i = 0; i < 100; ++i) wide += "include /b;";
  wide += "\n# configuration file /b:\n";
  for (int i = 0; i < 100; ++i) wide += "include /c;";
  wide += "\n# configuration file /c:\n";
  for (int i = 0; i < 100; ++i) wide += "a;";
  CHECK(refusal_of(wide) == "there are too many directives");
}

namespace {

// What x is where a server with these locations hands over /messages.
std::string x_of(const std::string& locations) {
  const NginxBlock config =
      parse_nginx_config("http { fastcgi_pass y; server {" + locations + "}}");
  const std::vector<NginxScope> scopes = NginxScope::handing_over(config, "/messages");
  std::string values;
  for (const NginxScope& scope : scopes) values += scope.value("x", "none");
  return values;
}

}  // namespace

TEST_CASE("The location that fits best answers") {
  struct Case {
    const char* locations;
    const char* x;
  };
  const Case server = GENERATE(
      Case{"location / {x 1; fastcgi_pass w;} location /mess {x 2; fastcgi_pass w;}", "2"},
      Case{"location ~ mess {x 1; fastcgi_pass w;} location = /messages {x 2; fastcgi_pass w;}",
           "2"},
      Case{"location ~ mess {x 1; fastcgi_pass w;} location /messages {x 2; fastcgi_pass w;}", "1"},
      Case{"location ~ mess {x 1; fastcgi_pass w;} location ^~ /m {x 2; fastcgi_pass w;}", "2"},
      Case{"location ~ ^/(messages|status)$ {x 1; fastcgi_pass w;} location / {x 2;}", "1"},
      Case{"location ~* MESS {x 1; fastcgi_pass w;}", "1"},
      Case{"location ^~ /m {location /messages {x 1; fastcgi_pass w;}}", "1"},
      Case{"location /m {location ~ ges {x 1; fastcgi_pass w;}} location ~ mess {x 2;}", "1"},
      // What is not read is not taken for anything.
      Case{"location ~ (?<a>mess) {x 1; fastcgi_pass w;} location / {x 2; fastcgi_pass w;}", "2"},
      // Below a path of another site.
      Case{"location = /chat/messages {x 1; fastcgi_pass w;} location / {x 2;}", "1"},
      Case{"location ^~ /a/ {location = /a/messages {x 1; fastcgi_pass w;}}", "1"},
      Case{"location @messages {x 1; fastcgi_pass w;} location / {x 2; proxy_pass http://a;}", ""});
  CAPTURE(server.locations);
  CHECK(x_of(server.locations) == server.x);
}

TEST_CASE("A location inherits what it does not set, and knows what lies beside it") {
  const NginxBlock config = parse_nginx_config(
      "http { a 1; b 1; c 1; server { b 2; location = /t/messages { c 3; fastcgi_pass w; } "
      "location = /t/page.js { c 4; } } server {} }");
  const std::vector<NginxScope> scopes = NginxScope::handing_over(config, "/messages");
  REQUIRE(scopes.size() == 1);
  CHECK(scopes[0].value("a", "") == "1");
  CHECK(scopes[0].value("b", "") == "2");
  CHECK(scopes[0].value("c", "") == "3");
  CHECK(scopes[0].value("d", "none") == "none");
  CHECK(scopes[0].own("b") == nullptr);
  REQUIRE(scopes[0].beside("page.js"));
  CHECK(scopes[0].beside("page.js")->value("c", "") == "4");
  CHECK(!scopes[0].beside("other.js"));
}

TEST_CASE("Times are read as nginx reads them") {
  CHECK(parse_nginx_time("65") == milliseconds{65'000});
  CHECK(parse_nginx_time("65s") == milliseconds{65'000});
  CHECK(parse_nginx_time("500ms") == milliseconds{500});
  CHECK(parse_nginx_time("1m30s") == milliseconds{90'000});
  CHECK(parse_nginx_time("1h") == milliseconds{3'600'000});
  CHECK(parse_nginx_time("1d") == milliseconds{86'400'000});
  for (const char* const text : {"", "s", "1x", "-1", "99999999999999999999", "9999999999999d"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_nginx_time(text));
  }
}
