// The table of facts, by package path.

package stdlib

import "github.com/pawlhq/pawl/gen/internal/importpath"

// table holds the rows by package path. In a row, "Sleep" is a function, a variable, a constant or a type, "Time.Local" a
// method, "Time.*" stands for all methods of a type, and "*" for the whole package.
var table = map[string][]row{
	// Text, bytes, numbers.
	"bytes": {
		allow("*"),
		readsArgs("Compare Contains ContainsAny ContainsRune Count Equal EqualFold HasPrefix HasSuffix Index IndexAny IndexByte LastIndex Buffer.Write"),
		readsFirst("NewReader"), // no method of a Reader returns the bytes themselves
	},
	"cmp": {
		allow("*"),
		returnsArgs("Or"),
	},
	"errors": {
		allow("*"),
		keepsReceiver("*"),
		readsArgs("Is As Join Unwrap"),
		callsMethods("Error Is As Unwrap", "*"),
	},
	"html":       {allow("*")},
	"math":       {allow("*")},
	"math/bits":  {allow("*")},
	"math/cmplx": {allow("*")},
	"math/big": {
		allow("*"),
		keepsReceiver("Int.Cmp Int.CmpAbs Int.Sign Int.String Int.Text Int.Int64 Int.Uint64 Int.IsInt64 Int.IsUint64 Int.Bit Int.BitLen Int.Bytes Int.Append Int.Float64"),
		keepsReceiver("Rat.Cmp Rat.Sign Rat.String Rat.FloatString Rat.Float64 Rat.RatString Float.Cmp Float.Sign Float.String Float.Text Float.Float64"),
		readsArgs("Int.Cmp Int.CmpAbs Rat.Cmp Float.Cmp Int.Add Int.Sub Int.Mul Int.Quo Int.Rem Int.Div Int.Mod Int.Exp Int.Set Rat.Add Rat.Sub Rat.Mul Rat.Quo Rat.Set Float.Add Float.Sub Float.Mul Float.Quo Float.Set"),
	},
	"regexp": {
		allow("*"),
		keepsReceiver("*"),
		writesReceiver("Regexp.Longest Regexp.UnmarshalText"),
		immutable("Regexp"),
	},
	"regexp/syntax": {allow("*")},
	"strconv":       {allow("*")},
	"strings": {
		allow("*"),
		keepsReceiver("Replacer.*"),
		readsArgs("Join Builder.Write NewReplacer"),
		immutable("Replacer"),
	},
	"text/scanner":   {allow("*")},
	"text/tabwriter": {allow("*")},
	"text/template": {
		allow("*"),
		forbid(InputOutput, outside, ToActivity, "ParseFiles ParseGlob ParseFS Template.ParseFiles Template.ParseGlob Template.ParseFS"),
		keepsReceiver("Template.Execute Template.ExecuteTemplate Template.Lookup Template.Name Template.DefinedTemplates"),
		writesFirst("Template.Execute Template.ExecuteTemplate"),
		callsNamedMethods("Error String GoString Format MarshalJSON MarshalText", "*"),
	},
	"text/template/parse": {allow("*")},
	"html/template": {
		allow("*"),
		forbid(InputOutput, outside, ToActivity, "ParseFiles ParseGlob ParseFS Template.ParseFiles Template.ParseGlob Template.ParseFS"),
		keepsReceiver("Template.Execute Template.ExecuteTemplate Template.Lookup Template.Name Template.DefinedTemplates"),
		writesFirst("Template.Execute Template.ExecuteTemplate"),
		callsNamedMethods("Error String GoString Format MarshalJSON MarshalText", "*"),
	},
	"unicode": {
		allow("*"),
		keepsReceiver("*"),
		immutable("RangeTable SpecialCase CaseRange"),
	},
	"unicode/utf16": {allow("*")},
	"unicode/utf8": {
		allow("*"),
		readsArgs("DecodeLastRune DecodeRune RuneCount Valid"),
	},
	"fmt": {
		allow("Append Appendf Appendln Errorf FormatString Sprint Sprintf Sprintln Sscan Sscanf Sscanln State.* Formatter.* Stringer.* GoStringer.* ScanState.* Scanner.*"),
		allow("Fprint Fprintf Fprintln Fscan Fscanf Fscanln"), // the check of the reader or writer is at the place that makes it
		durable("Print Printf Println"),
		forbid(InputOutput, "reads the standard input", ToActivity, "Scan Scanf Scanln"),
		readsArgs("Errorf Sprint Sprintf Sprintln Print Printf Println"),
		writesFirst("Fprint Fprintf Fprintln"),
		prints(0, "Sprint Sprintln"),
		prints(1, "Append Appendln Fprint Fprintln"),
		printsFormat(0, "Errorf Sprintf"),
		printsFormat(1, "Appendf Fprintf"),
		discards("Append Appendf Appendln Fprint Fprintf Fprintln FormatString Print Printf Println Sprint Sprintf Sprintln"),
		callsMethods("Error String GoString Format Scan Write Read ReadRune UnreadRune Unwrap", "*"),
	},

	// Collections.
	"container/heap": {
		allow("*"),
		retains("*"),
	},
	"container/list": {
		allow("*"),
		retains("*"),
	},
	"container/ring": {
		allow("*"),
		retains("*"),
	},
	"iter": {allow("Seq.* Seq2.*"), durableOr(GoStatement, "Pull Pull2")},
	"maps": {
		allow("Clone Collect Copy Equal Insert"),
		durableOr(MapOrder, "All").as(Counterpart{Name: "MapAll", WithoutRun: true}),
		durableOr(MapOrder, "Keys").as(Counterpart{Name: "MapKeys", WithoutRun: true}),
		durableOr(MapOrder, "Values").as(Counterpart{Name: "MapValues", WithoutRun: true}),
		durableOr(MapOrder, "DeleteFunc").as(Counterpart{Name: "MapDeleteFunc", WithoutRun: true}),
		durableOr(MapOrder, "EqualFunc").as(Counterpart{Name: "MapEqualFunc", WithoutRun: true}),
		readsArgs("Equal"),
		returnsArgs("All Clone Collect Keys Values"),
		yieldsMap("All Keys Values"),
		ignoresOrder("Collect Insert"),
	},
	"slices": {
		allow("*"),
		readsArgs("Compare Equal IsSorted"),
		returnsArgs("All Backward BinarySearch BinarySearchFunc Clone Collect CompareFunc Concat Contains ContainsFunc EqualFunc Index IndexFunc IsSortedFunc Max MaxFunc Min MinFunc Repeat Sorted SortedFunc Values"),
		ignoresOrder("Sorted"),
	},
	"sort": {
		allow("*"),
		readsArgs("SearchFloat64s SearchInts SearchStrings Float64sAreSorted IntsAreSorted StringsAreSorted"),
	},
	"unique": {allow("*")},

	// Encodings and hashes.
	"archive/tar":    {allow("*"), forbid(InputOutput, outside, ToActivity, "Writer.AddFS FileInfoHeader")},
	"archive/zip":    {allow("NewReader NewWriter Reader.* Writer.* File.* FileHeader.* ErrFormat ErrAlgorithm ErrChecksum ErrInsecurePath"), forbid(InputOutput, outside, ToActivity, "Writer.AddFS OpenReader FileInfoHeader")},
	"compress/bzip2": {allow("*")},
	"compress/flate": {allow("*")},
	"compress/gzip":  {allow("*")},
	"compress/lzw":   {allow("*")},
	"compress/zlib":  {allow("*")},
	"crypto":         {allow("Hash.* MD4 MD5 SHA1 SHA224 SHA256 SHA384 SHA512")},
	"crypto/aes":     {allow("*")},
	"crypto/hmac": {
		allow("*"),
		readsArgs("Equal"),
	},
	"crypto/md5": {
		allow("*"),
		readsArgs("Sum"),
	},
	"crypto/sha1": {
		allow("*"),
		readsArgs("Sum"),
	},
	"crypto/sha256": {
		allow("*"),
		readsArgs("Sum224 Sum256"),
	},
	"crypto/sha3": {allow("*")},
	"crypto/sha512": {
		allow("*"),
		readsArgs("Sum384 Sum512"),
	},
	"crypto/subtle":    {allow("ConstantTimeByteEq ConstantTimeCompare ConstantTimeCopy ConstantTimeEq ConstantTimeLessOrEq ConstantTimeSelect XORBytes")},
	"encoding":         {allow("*")},
	"encoding/ascii85": {allow("*")},
	"encoding/asn1": {
		allow("*"),
		decodes(HostTimes, "Unmarshal UnmarshalWithParams"),
	},
	"encoding/base32": {
		allow("*"),
		keepsReceiver("*"),
		immutable("Encoding"),
	},
	"encoding/base64": {
		allow("*"),
		keepsReceiver("*"),
		readsArgs("Encoding.EncodeToString"),
		immutable("Encoding"),
	},
	"encoding/binary": {allow("*"), callsMethods("", "*"), forbid(Machine, "depends on the byte order of the machine", "use binary.LittleEndian or binary.BigEndian", "NativeEndian")},
	"encoding/csv":    {allow("*")},
	"encoding/gob":    {forbid(MapOrder, "writes maps in Go's random order", "use encoding/json, or move it to an activity", "*")},
	"encoding/hex": {
		allow("*"),
		readsArgs("EncodeToString"),
	},
	"encoding/json": {
		allow("*"),
		readsArgs("Marshal MarshalIndent Valid"),
		readsFirst("Unmarshal"),
		decodes(FixableTimes, "Unmarshal Decoder.Decode"),
	},
	"encoding/pem": {allow("*")},
	"encoding/xml": {
		allow("*"),
		readsArgs("Marshal MarshalIndent"),
		readsFirst("Unmarshal"),
		decodes(FixableTimes, "Unmarshal Decoder.Decode"),
		decodes(HostTimes, "Decoder.DecodeElement"),
	},
	"hash":         {allow("*")},
	"hash/adler32": {allow("*")},
	"hash/crc32": {
		allow("*"),
		immutable("Table"),
	},
	"hash/crc64":           {allow("*")},
	"hash/fnv":             {allow("*")},
	"hash/maphash":         {forbid(Entropy, "is seeded by the process", "use hash/fnv or crypto/sha256", "*")},
	"mime":                 {allow("BEncoding QEncoding ErrInvalidMediaParameter FormatMediaType ParseMediaType WordEncoder.* WordDecoder.*"), forbid(Environment, differs, UseInput, "AddExtensionType ExtensionsByType TypeByExtension")},
	"mime/quotedprintable": {allow("*")},
	"index/suffixarray":    {allow("*")},
	"go/constant":          {allow("*")},
	"image/color":          {allow("*")},
	"crypto/rand":          {forbid(Entropy, "returns a different value on every replay", useRand, "*")},
	"crypto/cipher":        {allow("NewCBCDecrypter NewCBCEncrypter NewCTR NewGCM NewGCMWithNonceSize NewGCMWithTagSize AEAD.* Block.* BlockMode.* Stream.* StreamReader.* StreamWriter.*")},
	"crypto/ed25519":       {allow("Verify VerifyWithOptions Sign NewKeyFromSeed PrivateKey.* PublicKey.*"), forbid(Entropy, "returns a different key on every replay", ToActivity, "GenerateKey")},
	"crypto/hkdf":          {allow("*")},
	"crypto/pbkdf2":        {allow("*")},
	"crypto/x509":          {forbid(Environment, differs, UseInput, "SystemCertPool")},
	"crypto/x509/pkix":     {allow("*")},

	// Time.
	"time": {
		forbid(TimeZone, "returns a time in the zone of the host if that has the same offset", "use time.Parse", "Time.GobDecode Time.UnmarshalBinary Time.UnmarshalJSON Time.UnmarshalText"),
		allow("Date FixedZone ParseDuration UTC Time.* Duration.* Month.* Weekday.* Location.* ParseError.*"),
		durable("Now Since Until Sleep"),
		durable("Parse").as(Counterpart{Name: "ParseTime"}), // in the zone of the host, if it fits; in a run in UTC or a fixed zone
		durable("Unix UnixMicro UnixMilli"),
		durableOr(Timers, "After AfterFunc NewTicker NewTimer Tick Ticker.Reset Ticker.Stop Timer.Reset Timer.Stop"),
		durableOr(TimeZone, "LoadLocation"),
		forbid(TimeZone, localZone, UseUTC, "Local LoadLocationFromTZData Time.Local"),
		// ParseInLocation uses the abbreviations of the zone that it is given; naming the zone was checked.
		allow("ParseInLocation"),
		keepsReceiver("*"),
		writesReceiver("Time.GobDecode Time.UnmarshalBinary Time.UnmarshalJSON Time.UnmarshalText"),
		immutable("Time Location"),
		hostZone("Unix UnixMicro UnixMilli"),
		movesZone("Time.In Time.UTC"),
	},

	// Context.
	"context": {
		allow("Background TODO WithValue Canceled DeadlineExceeded Context.*"),
		durableOr(Contexts, "AfterFunc").as(Counterpart{Name: "ContextAfterFunc"}),
		durableOr(Contexts, "Cause WithCancel WithCancelCause WithDeadline WithDeadlineCause WithTimeout WithTimeoutCause WithoutCancel"),
		immutable("Context"),
		retains("*"),
		callsMethods("AfterFunc String", "*"),
	},

	// Randomness.
	"math/rand": {
		allow("New NewSource NewZipf Rand.* Source.* Source64.* Zipf.*"),
		durable("ExpFloat64 Float32 Float64 Int Int31 Int31n Int63 Int63n Intn NormFloat64 Perm Read Shuffle Uint32 Uint64").as(Counterpart{Owner: "Rand"}),
		forbid(Entropy, "seeds a source that all runs share", "remove the call: the run seeds math/rand", "Seed"),
	},
	"math/rand/v2": {
		allow("New NewPCG NewChaCha8 NewZipf Rand.* Source.* PCG.* ChaCha8.* Zipf.*"),
		durable("ExpFloat64 Float32 Float64 Int Int32 Int32N Int64 Int64N IntN NormFloat64 Perm Shuffle Uint Uint32 Uint32N Uint64 Uint64N UintN").as(Counterpart{Owner: "RandV2"}),
		durable("N").as(Counterpart{Name: "RandN"}),
	},

	// Logging.
	"log": {
		durable("Default").as(Counterpart{Name: "Log"}),
		durable("Output Panic Panicf Panicln Print Printf Println Prefix Flags").as(Counterpart{Owner: "Log"}),
		allow("Logger.*"),
		keepsReceiver("Logger.Output Logger.Panic Logger.Panicf Logger.Panicln Logger.Print Logger.Printf Logger.Println Logger.Prefix Logger.Flags"),
		forbid(ProcessEnd, "ends the worker and all of its runs", useError, "Fatal Fatalf Fatalln Logger.Fatal Logger.Fatalf Logger.Fatalln"),
		forbid(InputOutput, "writes again on every replay", useLog, "New Writer SetFlags SetOutput SetPrefix Logger.SetOutput Logger.SetFlags Logger.SetPrefix Logger.Writer"),
		readsArgs("Print Printf Println Panic Panicf Panicln Logger.Print Logger.Printf Logger.Println"),
		prints(0, "Panic Panicln Logger.Panic Logger.Panicln"),
		printsFormat(0, "Panicf Logger.Panicf"),
		discards("Fatal Fatalf Fatalln Panic Panicf Panicln Print Printf Println SetFlags SetPrefix"),
		discards("Logger.Fatal Logger.Fatalf Logger.Fatalln Logger.Panic Logger.Panicf Logger.Panicln Logger.Print Logger.Printf Logger.Println Logger.SetFlags Logger.SetPrefix"),
	},
	"log/slog": {
		durable("Default").as(Counterpart{Name: "Slog"}),
		durable("Debug DebugContext Info InfoContext Warn WarnContext Error ErrorContext Log LogAttrs With").as(Counterpart{Owner: "Slog"}),
		allow("Any Bool Duration Float64 Group GroupAttrs Int Int64 String Time Uint64 AnyValue BoolValue DurationValue Float64Value GroupValue Int64Value IntValue StringValue TimeValue Uint64Value"),
		allow("Attr.* Level.* Kind.* Value.* Leveler.* LogValuer.* Logger.* DiscardHandler"),
		forbid(Environment, "depends on the settings of the process, and is false on replay", "log unconditionally: the logger drops records below its level", "Logger.Enabled"),
		forbid(InputOutput, "writes again on every replay", useLog,
			"New NewJSONHandler NewTextHandler NewMultiHandler NewLogLogger NewRecord SetDefault SetLogLoggerLevel Handler.* JSONHandler.* TextHandler.* MultiHandler.* LevelVar.* Record.* Logger.Handler"),
		keepsReceiver("*"),
		writesReceiver("Level.UnmarshalJSON Level.UnmarshalText LevelVar.Set LevelVar.UnmarshalText"),
		readsArgs("Debug DebugContext Info InfoContext Warn WarnContext Error ErrorContext"),
		readsArgs("Logger.Debug Logger.DebugContext Logger.Info Logger.InfoContext Logger.Warn Logger.WarnContext Logger.Error Logger.ErrorContext"),
		discards("Debug DebugContext Error ErrorContext Info InfoContext Log LogAttrs Warn WarnContext"),
		discards("Logger.Debug Logger.DebugContext Logger.Error Logger.ErrorContext Logger.Info Logger.InfoContext Logger.Log Logger.LogAttrs Logger.Warn Logger.WarnContext"),
	},

	// Names and addresses, as far as they don't depend on the host.
	"embed": {
		allow("FS.*"),
		keepsReceiver("*"),
		immutable("FS"),
	},
	"io/fs": {
		allow("ErrClosed ErrExist ErrInvalid ErrNotExist ErrPermission SkipAll SkipDir FileMode.* PathError.* ValidPath FormatDirEntry FormatFileInfo Glob ReadDir ReadFile ReadLink Stat Sub WalkDir FS.* File.* FileInfo.* DirEntry.* GlobFS.* ReadDirFS.* ReadFileFS.* ReadDirFile.* StatFS.* SubFS.* FileInfoToDirEntry"),
		keepsReceiver("*"),
	},
	"net/mail": {forbid(TimeZone, "returns a time in the zone of the host if that has the same offset", "use time.Parse", "ParseDate Header.Date"), allow("ParseAddress ParseAddressList Address.* AddressParser.* Header.* ErrHeaderNotPresent ReadMessage")},
	"net/netip": {
		allow("*"),
		keepsReceiver("*"),
		writesReceiver("Addr.UnmarshalBinary Addr.UnmarshalText AddrPort.UnmarshalBinary AddrPort.UnmarshalText Prefix.UnmarshalBinary Prefix.UnmarshalText"),
		immutable("Addr AddrPort Prefix"),
	},
	"net/textproto": {
		allow("CanonicalMIMEHeaderKey MIMEHeader.* TrimBytes TrimString Error.* ProtocolError.*"),
	},
	"net/url": {
		allow("*"),
		keepsReceiver("URL.EscapedPath URL.EscapedFragment URL.Hostname URL.IsAbs URL.JoinPath URL.Parse URL.Port URL.Query URL.Redacted URL.RequestURI URL.ResolveReference URL.String Values.Get Values.Has Values.Encode Userinfo.*"),
		readsArgs("URL.ResolveReference"),
	},
	"net": {
		allow("CIDRMask IPv4 IPv4Mask JoinHostPort SplitHostPort ParseCIDR ParseIP ParseMAC IP.* IPMask.* IPNet.* HardwareAddr.* IPv4bcast IPv4zero IPv6zero ErrClosed Error.*"),
		forbid(InputOutput, outside, ToActivity, "*"),
	},
	"net/http": {
		allow("StatusText CanonicalHeaderKey Header.* ParseTime ErrNoCookie ErrNoLocation ErrServerClosed"),
		forbid(InputOutput, outside, ToActivity, "*"),
		keepsReceiver("Header.Get Header.Values"),
	},
	"path": {allow("*")},
	"path/filepath": {
		allow("Base Clean Dir Ext FromSlash IsAbs IsLocal Join Localize Match Rel Split SplitList ToSlash VolumeName ErrBadPattern SkipAll SkipDir"),
		forbid(InputOutput, outside, ToActivity, "*"),
	},

	// Readers and writers in memory. What they wrap was checked at the place that makes it.
	"bufio": {
		allow("*"),
		readsArgs("Writer.Write"),
	},
	"io": {
		allow("*"),
		forbid(Channels, "waits for another goroutine", "use a bytes.Buffer, or send the bytes on a channel", "Pipe PipeReader.* PipeWriter.*"),
		readsArgs("Writer.Write"),
	},

	// Reflection over values, not over code, maps and channels.
	"reflect": {
		allow("DeepEqual TypeFor TypeOf ValueOf Zero Indirect New MakeSlice Append AppendSlice Copy Swapper PointerTo SliceOf MapOf ArrayOf VisibleFields TypeAssert"),
		allow("Kind.* ChanDir.* StructTag.* StructField.* ValueError.* Type.* Value.* Method.*"),
		forbid(MapOrder, orderOfMap, useRange, "Value.MapKeys Value.MapRange Value.SetIterKey Value.SetIterValue MapIter.* Value.Seq Value.Seq2"),
		forbid(Channels, "uses channels in a way that the compiler cannot see", "use the channel directly, in a send, a receive or a select", "Select MakeChan ChanOf Value.Send Value.Recv Value.TrySend Value.TryRecv Value.Close"),
		forbid(Machine, "calls code that the compiler cannot see", "call it by name", "MakeFunc Value.Call Value.CallSlice Value.Method Value.MethodByName Value.Methods Type.Method Type.MethodByName Type.Methods FuncOf"),
		forbid(Machine, "returns an address, which differs on every replay", "compare values instead",
			"Value.Pointer Value.UnsafePointer Value.UnsafeAddr Value.InterfaceData NewAt SliceAt"),
		readsArgs("DeepEqual TypeOf"),
		immutable("Type"),
		returnsPart("ValueOf Value.Field Value.FieldByName Value.Index Value.Interface Value.MapIndex"),
	},
	"structs": {allow("*")},

	// Concurrency.
	"sync": {
		durableOr(SyncObjects, "Mutex.Lock Mutex.TryLock Mutex.Unlock Locker.Lock Locker.Unlock"),
		durableOr(SyncObjects, "RWMutex.Lock RWMutex.RLock RWMutex.RUnlock RWMutex.TryLock RWMutex.TryRLock RWMutex.Unlock"),
		durableOr(SyncObjects, "Cond.Broadcast Cond.Signal Cond.Wait WaitGroup.Add WaitGroup.Done WaitGroup.Go WaitGroup.Wait"),
		durableOr(SyncObjects, "Once.Do OnceFunc OnceValue OnceValues"),
		durableOr(SyncObjects, "Map.Range").as(Counterpart{Name: "SyncMapRange"}),
		allow("Map.* NewCond RWMutex.RLocker"),
		forbid(SyncObjects, "depends on garbage collection", "make a new value where you need one", "Pool.*"),
		receiverRule(SyncObjects, "*"),
		takesLocks("NewCond Locker.Lock Locker.Unlock"),
		computesOnce("OnceValue OnceValues"),
		retains("*"),
	},
	"sync/atomic": {
		allow("*"),
		receiverRule(SyncObjects, "*"),
		retains("*"),
	},
	importpath.Errgroup: {
		durableOr(SyncObjects, "Group.Go Group.SetLimit Group.TryGo Group.Wait"),
		durableOr(SyncObjects, "WithContext").as(Counterpart{Name: "GroupWithContext", Generic: true}),
		receiverRule(SyncObjects, "*"),
	},

	"golang.org/x/sync/semaphore":    {forbid(SyncObjects, "synchronizes goroutines that the run does not schedule", useChannel, "*")},
	"golang.org/x/sync/singleflight": {forbid(SyncObjects, "synchronizes goroutines that the run does not schedule", useChannel, "*")},

	// The process and its host.
	"expvar":        {forbid(Environment, "is shared by all runs of the process", ToActivity, "*")},
	"flag":          {forbid(Environment, differs, UseInput, "*")},
	"os/user":       {forbid(Environment, differs, UseInput, "*")},
	"runtime":       {durable("Gosched"), allow("Goexit"), forbid(Machine, intoRuntime, ToActivity, "*")},
	"runtime/debug": {forbid(Machine, intoRuntime, ToActivity, "*")},
	"unsafe":        {forbid(Machine, "bypasses the compiler", ToActivity, "*")},
	"weak":          {forbid(Machine, "depends on garbage collection", "use an ordinary pointer", "*")},
	"C":             {forbid(Machine, "is C code", ToActivity, "*")},
	"syscall/js":    {forbid(Machine, intoRuntime, ToActivity, "*")},
	"os": {
		allow("ErrClosed ErrDeadlineExceeded ErrExist ErrInvalid ErrNotExist ErrPermission ErrProcessDone ErrNoDeadline IsExist IsNotExist IsPermission IsTimeout IsPathSeparator Expand"),
		forbid(Environment, differs, UseInput,
			"Args Environ ExpandEnv Getegid Getenv Geteuid Getgid Getgroups Getpagesize Getpid Getppid Getuid Getwd Hostname LookupEnv Setenv Unsetenv Clearenv TempDir UserCacheDir UserConfigDir UserHomeDir Executable"),
		forbid(ProcessEnd, "ends the worker and all of its runs", useError, "Exit"),
		forbid(InputOutput, "is written again on every replay", useLog, "Stdout Stderr"),
		forbid(InputOutput, outside, ToActivity, "*"),
	},
	"database/sql": {
		allow("ErrConnDone ErrNoRows ErrTxDone Null.* NullBool.* NullByte.* NullFloat64.* NullInt16.* NullInt32.* NullInt64.* NullString.* NullTime.*"),
		forbid(InputOutput, outside, ToActivity, "*"),
	},
	"database/sql/driver": {allow("ErrBadConn ErrRemoveArgument ErrSkip Valuer.*")},

	// Pawl itself.
	importpath.Pawl: {
		allow("With Queue ChildID OnClose CloseCancel CloseTerminate CloseAbandon CallOption ClosePolicy Detached Final Info AlreadyStartedError.* ErrNotFound ErrUnanswered RunError.*"),
		allow("RunTimeout RunRetention RunQueue RequestID OnConflict OnReuse DedupID UpdateID IsNotFound StartOption SignalOption UpdateOption Status.*"),
		allow("ConflictFail ConflictUseExisting ConflictTerminate ReuseAllow ReuseIfFailed ReuseReject"),
		allow("StatusWaiting StatusRunning StatusParked StatusCompleted StatusFailed StatusCancelled StatusTerminated StatusTimedOut"),
		allow("Run.ID Run.RunID Run.Signal Run.Update Run.Cancel Run.Terminate Run.Wait"), // handles have no client in workflow code
		durable("WaitUntil"),
		forbid(InputOutput, "asks a workflow that runs as a plain function", "call it in tests only: in a workflow, use channels", "Ask"),
		forbid(InputOutput, "uses the engine from outside a run", "call it outside of workflows, or in an activity", "*"),
	},

	importpath.ABI: {allow("Request.*")},

	// Generators of random ids.
	"github.com/google/uuid":        uuids,
	"github.com/gofrs/uuid":         uuids,
	"github.com/gofrs/uuid/v5":      uuids,
	"github.com/satori/go.uuid":     uuids,
	"github.com/oklog/ulid":         randomIDs,
	"github.com/oklog/ulid/v2":      randomIDs,
	"github.com/rs/xid":             randomIDs,
	"github.com/segmentio/ksuid":    randomIDs,
	"github.com/matoous/go-nanoid":  randomIDs,
	"github.com/teris-io/shortid":   randomIDs,
	"github.com/bwmarrin/snowflake": randomIDs,
}

var randomIDs = []row{forbid(Entropy, "returns a different id on every replay", useUUID, "*")}

// uuids may be parsed, compared, printed and derived from names. Random ones use the randomness of the run. Those that
// contain the address or the clock of the host are forbidden.
var uuids = []row{
	durable("New NewRandom NewV4").as(Counterpart{Name: "UUID4", Generic: true}),
	durable("NewV7").as(Counterpart{Name: "UUID7", Generic: true}),
	durable("NewString").as(Counterpart{Name: "UUIDString"}),
	allow("Parse ParseBytes MustParse FromBytes FromString FromStringOrNil FromBytesOrNil Must Validate IsInvalidLengthError UUID.* NullUUID.* UUIDs.* Nil NewMD5 NewSHA1 NewHash NewV3 NewV5 NamespaceDNS NamespaceURL NamespaceOID NamespaceX500 NameSpaceDNS NameSpaceURL NameSpaceOID NameSpaceX500 Max"),
	randomIDs[0],
}

// families are facts about packages that the table doesn't mention, by the first elements of their paths.
var families = []struct {
	prefix string
	row    row
}{
	{"crypto", forbid(Entropy, "may use randomness that no replay can repeat", ToActivity, "*")},
	{"database", forbid(InputOutput, outside, ToActivity, "*")},
	{"io/ioutil", forbid(InputOutput, outside, ToActivity, "*")},
	{"net", forbid(InputOutput, outside, ToActivity, "*")},
	{"os", forbid(InputOutput, outside, ToActivity, "*")},
	{"plugin", forbid(Machine, intoRuntime, ToActivity, "*")},
	{"runtime", forbid(Machine, intoRuntime, ToActivity, "*")},
	{"syscall", forbid(InputOutput, outside, ToActivity, "*")},
	{"testing", forbid(Machine, "is for tests", "keep test code out of workflows", "*")},
	{importpath.Pawl + "/internal/runtime", forbid(InputOutput, "is the engine", "call it outside of workflows", "*")},
	{importpath.Pawl + "/runtime", forbid(InputOutput, "is the engine", "call it outside of workflows", "*")},
}
