package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/config"
)

// TestDotenvValues reads each text as the .env of a run that sets DB_USER by it.
func TestDotenvValues(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", `DB_USER=x`, "x"},
		{"spaces around", "  DB_USER \t= x y  ", "x y"},
		{"hash inside", `DB_USER=role=member#aai.egi.eu`, "role=member#aai.egi.eu"},
		{"hash at the begin", `DB_USER=#x`, "#x"},
		{"comment", `DB_USER=x # y # z`, "x"},
		{"comment after a tab", "DB_USER=x\t#y", "x"},
		{"comment line", "# DB_USER=y\n  #\nDB_USER=x", "x"},
		{"dollar", `DB_USER=a$b$HOME`, "a$b$HOME"},
		{"dollar in braces", `DB_USER=${HOME}$(id)$$`, "${HOME}$(id)$$"},
		{"dollar of a variable before", "HOME=/root\nDB_USER=$HOME", "$HOME"},
		{"dollar in single quotes", `DB_USER='a$HOME'`, "a$HOME"},
		{"dollar in double quotes", `DB_USER="a$HOME${HOME}"`, "a$HOME${HOME}"},
		{"escaped dollar in double quotes", `DB_USER="a\$HOME"`, "a$HOME"},
		{"backslash and dollar", `DB_USER=a\$HOME\n`, `a\$HOME\n`},
		{"hash in single quotes", `DB_USER='a #b'`, "a #b"},
		{"hash in double quotes", `DB_USER="a #b" # c`, "a #b"},
		{"escapes", `DB_USER="a\"b\\c\td\q"`, "a\"b\\c\td\\q"},
		{"no escapes in single quotes", `DB_USER='a\n"b'`, `a\n"b`},
		{"quotes inside", `DB_USER=a"b'c`, `a"b'c`},
		{"equals inside", `DB_USER=a=b==`, "a=b=="},
		{"export", "export DB_USER=x", "x"},
		{"a name that begins so", "exported=1\nDB_USER=x", "x"},
		{"CRLF", "A=1\r\nDB_USER=x\r\nB=\"2\"\r\n", "x"},
		{"byte order mark", "\ufeffDB_USER=x", "x"},
		{"last of equal names", "DB_USER=y\nDB_USER=x\n", "x"},
		{"not ASCII", "DB_USER=jos\u00e9", "jos\u00e9"},
		{"names that others use", "a.b-c=1\nDB_USER=x", "x"},
		{"nothing but a comment", "DB_USER=  # name of the user", "default"},
		{"empty value", "DB_USER=", "default"},
		{"empty quotes", `DB_USER=""`, "default"},
		{"empty file", "", "default"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, dir, ".env", tt.text)
			c, err := config.Load(config.Source{Environ: development, Dir: dir})
			if err != nil {
				t.Fatalf("%q: %v", tt.text, err)
			}
			got := c.Database.User
			if got == "" {
				got = "default"
			}
			if got != tt.want {
				t.Errorf("%q gives %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestDotenvFilesThatAreRefused(t *testing.T) {
	tests := []struct{ name, text, place, says string }{
		{"no equals sign", "A=1\nDB_USER\n", ".env line 2", "NAME=VALUE"},
		{"no name", "=x", ".env line 1", "NAME=VALUE"},
		{"space in a name", "\n\nDB USER=x", ".env line 3", "NAME=VALUE"},
		{"export alone", "export DB_USER", ".env line 1", "NAME=VALUE"},
		{"open double quote", "A=\"x\nB=1", ".env line 1", "not closed"},
		{"open single quote", "A='x", ".env line 1", "not closed"},
		{"escaped end", `A="x\"`, ".env line 1", "not closed"},
		{"text after a quote", `A="x"y`, ".env line 1", "after the closing quote"},
		{"hash right after a quote", `A='x'#y`, ".env line 1", "after the closing quote"},
		{"UTF-16", "A\x00=\x001\x00\n\x00", ".env line 1", "UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, dir, ".env", tt.text)
			found := problems(t, config.Source{Environ: development, Dir: dir})
			if !strings.Contains(found[tt.place], tt.says) {
				t.Errorf("%q: got %q, want %s: %s", tt.text, found, tt.place, tt.says)
			}
		})
	}
	t.Run("folder", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, ".env"), 0o700); err != nil {
			t.Fatal(err)
		}
		if found := problems(t, config.Source{Environ: development, Dir: dir}); !strings.Contains(found[".env"], "is a directory") {
			t.Errorf("got %q", found)
		}
	})
	t.Run("unreadable", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Symlink(".env", filepath.Join(dir, ".env")); err != nil {
			t.Fatal(err)
		}
		if found := problems(t, config.Source{Environ: development, Dir: dir}); !strings.Contains(found[".env"], "cannot read "+dir) {
			t.Errorf("got %q", found)
		}
	})
}

// FuzzDotenv: no text makes Load panic or shows up in its errors, and what is
// put in single quotes comes out as it went in.
func FuzzDotenv(f *testing.F) {
	for _, s := range []string{"A=1", `A="x\n"`, "export A='x' # y", "A=\"", "A", "=", "\ufeff#", "A=\x00", "A= #", `"\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		secret := strings.Map(func(r rune) rune {
			if r == '\'' || r == '\n' || r == 0 {
				return 'x'
			}
			return r
		}, strings.ToValidUTF8(text, "")) + "!"
		writeFile(t, dir, ".env", text+"\nDB_PASSWORD='"+secret+"'")
		c, err := config.Load(config.Source{Environ: development, Dir: dir})
		if err != nil {
			if len(secret) > 20 && strings.Contains(err.Error(), secret) {
				t.Errorf("%q: the error shows it: %v", text, err)
			}
			return
		}
		if got := c.Database.Password.Reveal(); got != secret {
			t.Errorf("%q comes out as %q", secret, got)
		}
	})
}
