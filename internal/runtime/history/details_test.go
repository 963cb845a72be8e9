package history

// Every kind of event describes itself completely.

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDetailsOfEveryKind fills a body of each kind and looks for what it was filled with in its details.
func TestDetailsOfEveryKind(t *testing.T) {
	seen := map[string]Kind{}
	for _, kind := range sortedKinds() {
		body := filled(kind)
		name := reflect.TypeOf(body).Elem().Name()
		t.Run(name, func(t *testing.T) {
			d := body.Details()
			if d.Subject == "" || d.Verb == "" {
				t.Errorf("no subject or verb: %+v", d)
			}
			if other, ok := seen[d.What()]; ok {
				t.Errorf("described as %q, like kind %d", d.What(), other)
			}
			seen[d.What()] = kind
			if hasOp := fieldOf(body, "Op").IsValid(); hasOp != (d.Op.ID() == OpID{"c", 7}) {
				t.Errorf("operation %v", d.Op)
			}
			if d.Starts && (d.Ends || !d.Command || d.Op.Pos == "") || d.Ends && d.Command || (d.Starts || d.Ends) && d.Op.ID() == (OpID{}) {
				t.Errorf("inconsistent: %+v", d)
			}
			if schedules := fieldOf(body, "Op").IsValid() && fieldOf(body, "Op").Type() == reflect.TypeFor[Op](); schedules != d.Starts {
				t.Errorf("a body with an Op starts an operation, one with an OpID does not: Starts is %v", d.Starts)
			}
			if ends := slices.Contains([]string{"Completed", "Failed", "Cancelled", "Terminated", "TimedOut", "Continued"}, strings.TrimPrefix(name, "Run")); strings.HasPrefix(name, "Run") && ends != d.Closes() {
				t.Errorf("closes its run: %v", d.Closes())
			}
			if d.Closes() && d.Status == StatusParked || d.Status == StatusRunning {
				t.Errorf("closes a run with status %v", d.Status)
			}
			if f, ok := body.(FunctionScheduled); ok && f.Completed(Outcome{}).Details().Op.ID() != d.Op.ID() {
				t.Errorf("its completion is of operation %v", f.Completed(Outcome{}).Details().Op)
			}
			checkText(t, body)
		})
	}
}

// checkText checks that the text of an event shows every field that people may want to see.
func checkText(t *testing.T, body Body) {
	text := Event{Time: time.Unix(1000, 0), Body: body}.String()
	if !strings.HasPrefix(text, body.Details().What()) || strings.ContainsAny(text, "\n") || strings.TrimSpace(text) != text {
		t.Errorf("text %q", text)
	}
	v := reflect.ValueOf(body).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		want := map[string]string{
			"Type": "type-type", "Queue": "queue-queue", "RequestID": "", "Name": "name-name", "Tag": "name-name@tag-tag", "Reason": "reason-reason",
			"Error": "error-error", "Input": "[input]", "Result": "[input]", "Outcome": "[input]", "Failure": "message-message",
			"Op": "c/7", "Due": "due in 1h0m0s", "Period": "every 1m0s", "Config": "config name-name=", "Warnings": "warning: a warning",
		}[name]
		if !strings.Contains(text, want) {
			t.Errorf("text %q lacks %q of field %s", text, want, name)
		}
	}
}

// TestEditsOfEveryKind changes copies of events, and compares with what reflection finds in them.
func TestEditsOfEveryKind(t *testing.T) {
	for _, kind := range sortedKinds() {
		body, pristine := filled(kind), filled(kind)
		visited := 0
		mapped, err := MapPayloads(body, func(p *Payload) error { visited++; *p = Payload{Encoding: "sealed"}; return nil })
		if want := count(reflect.ValueOf(body).Elem(), reflect.TypeFor[Payload]()); err != nil || visited != want {
			t.Errorf("%T: %d payloads visited of %d: %v", body, visited, want, err)
		}
		if visited > 0 && strings.Contains(fmt.Sprintf("%+v", mapped), "[input]") {
			t.Errorf("%T: not every payload was replaced: %+v", body, mapped)
		}
		plain := Comparable(body)
		if d := plain.Details(); d.Op.Pos != "" || len(d.Warnings) > 0 || d.Op.ID() != body.Details().Op.ID() {
			t.Errorf("%T: %+v can not be compared", body, plain)
		}
		if w := WithWarnings(body, []string{"other"}).Details().Warnings; fieldOf(body, "Warnings").IsValid() && !slices.Equal(w, []string{"other"}) {
			t.Errorf("%T: warnings %q", body, w)
		}
		if !reflect.DeepEqual(body, pristine) {
			t.Errorf("%T: a copy was to be changed, not the event: %+v", body, body)
		}
	}
}

// TestKindsAreDocumented compares the table of events in docs/history.md with what the events say of themselves.
func TestKindsAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/history.md")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, kind := range sortedKinds() {
		role := "inbound"
		if d := bodies[kind]().Details(); d.Command {
			role = "command"
		}
		if bodies[kind]().Details().Closes() {
			role += ", closes"
		}
		want = append(want, fmt.Sprintf("| %d | `%s` | %s |", kind, snake(reflect.TypeOf(bodies[kind]()).Elem().Name()), role))
	}
	rows := regexp.MustCompile("(?m)^\\| \\d+ \\| `[a-z_]+` \\| [^|]* \\|").FindAllString(string(doc), -1)
	if !slices.Equal(rows, want) {
		t.Errorf("docs/history.md lists\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
}

// filled is a body of a kind whose fields have recognizable values.
func filled(kind Kind) Body {
	body := bodies[kind]()
	fill(reflect.ValueOf(body).Elem(), "")
	return body
}

func fill(v reflect.Value, field string) {
	switch v.Type() {
	case timeType:
		v.Set(reflect.ValueOf(time.Unix(1000, 0).Add(time.Hour)))
		return
	case durationType:
		v.SetInt(int64(time.Minute))
		return
	case reflect.TypeFor[Payload]():
		v.Set(reflect.ValueOf(Payload{Encoding: "json", Data: []byte("[input]")}))
		return
	case reflect.TypeFor[OpID]():
		v.Set(reflect.ValueOf(OpID{"c", 7}))
		return
	case reflect.TypeFor[Op]():
		v.Set(reflect.ValueOf(Op{"c", 7, "file.go:1"}))
		return
	case reflect.TypeFor[[]string]():
		v.Set(reflect.ValueOf([]string{"a warning"}))
		return
	case reflect.TypeFor[Failure]():
		v.Set(reflect.ValueOf(Failure{Message: "message-message"}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		name := strings.ToLower(field)
		v.SetString(name + "-" + name)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), v.Type().Field(i).Name)
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[[]Setting]() {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			fill(v.Index(0), "")
			fill(v.Index(1), "")
		}
	}
}

func fieldOf(body Body, name string) reflect.Value {
	return reflect.ValueOf(body).Elem().FieldByName(name)
}

// count is how many values of type want there are in v.
func count(v reflect.Value, want reflect.Type) (n int) {
	switch {
	case v.Type() == want:
		return 1
	case v.Kind() == reflect.Struct && v.Type() != timeType:
		for i := range v.NumField() {
			n += count(v.Field(i), want)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			n += count(v.Index(i), want)
		}
	}
	return n
}
