// Calls the functions of docs/apps/go.md: a line of JSON in, a line of JSON out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

type given []json.RawMessage

func (given given) read(at int, into any) {
	if err := json.Unmarshal(given[at], into); err != nil {
		panic(err)
	}
}

func (given given) text(at int) (text string) {
	given.read(at, &text)
	return text
}

func (given given) jwks(at int) (keys Keys) {
	given.read(at, &keys)
	return keys
}

func (given given) claims(at int) (claims Claims) {
	if at < len(given) {
		given.read(at, &claims)
	}
	return claims
}

func (given given) app() (shop Shop, kept Kept, now int64) {
	given.read(0, &shop)
	given.read(1, &kept)
	given.read(2, &now)
	return shop, kept, now
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func call(name string, given given) (any, error) {
	now := time.Now().Unix()
	switch name {
	case "read_license":
		return ReadLicense(given.text(0), given.jwks(1), now)
	case "read_revocations":
		return ReadRevocations(given.text(0), given.jwks(1), now)
	case "newest_revocations":
		return orNull(NewestRevocations(given.text(0), given.text(1), given.jwks(2), now)), nil
	case "is_revoked":
		return IsRevoked(given.text(0), given.claims(1)), nil
	case "read_answer":
		return ReadAnswer(given.text(0), given.text(1), given.jwks(2))
	case "newest_keys":
		return orNull(NewestKeys(given.text(0), given.text(1), given.jwks(2))), nil
	case "first_kept":
		return FirstKept(given.text(0)), nil
	case "fetch":
		text, _ := Fetch(given.text(0), nil)
		return orNull(text), nil
	case "ask":
		var shop Shop
		var kept Kept
		given.read(0, &shop)
		given.read(1, &kept)
		told, _ := Ask(shop, &kept, given.text(2), given.claims(3))
		return told, nil
	}
	shop, kept, at := given.app()
	switch name {
	case "check":
		verb := "validate"
		if len(given) > 3 {
			verb = given.text(3)
		}
		code, told := Check(shop, &kept, at, verb, given.claims(4))
		return []any{[]any{code, told}, kept}, nil
	case "refresh_revocations":
		RefreshRevocations(shop, &kept, at)
		return []any{nil, kept}, nil
	case "offline":
		return Offline(shop, kept, at), nil
	case "licensed":
		return Licensed(shop, kept, at), nil
	}
	panic(name)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var asked given
		var arguments given
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		asked.read(1, &arguments)
		answer, err := call(asked.text(0), arguments)
		told := map[string]any{"given": answer}
		if err != nil {
			told = map[string]any{"refused": err.Error()}
		}
		line, _ := json.Marshal(told)
		fmt.Println(string(line))
	}
}
