package domain

// Right is what an operation demands of its caller.
type Right int

// The rights, each including the one before it.
const (
	// Public: anybody; a token, even a bad one, is ignored.
	Public Right = iota
	// Token: a valid token, its bearer registered or not.
	Token
	// Registered: the token of a registered user.
	Registered
	// Admin: the token of a registered user with an admin's entitlement.
	Admin
)

// String names the right as the documentation does.
func (r Right) String() string {
	switch r {
	case Public:
		return "public"
	case Token:
		return "token"
	case Registered:
		return "user"
	default:
		return "admin"
	}
}

// Check tells whether the caller of a valid token has the right; if not, the
// error is Forbidden.
func (r Right) Check(c Caller) error {
	if r >= Registered && c.User == nil {
		return Forbiddenf("User not registered")
	}
	if r >= Admin && !c.Admin {
		return Forbiddenf("This operation needs an administrator")
	}
	return nil
}

// Operation is something that a caller can ask for: its id, which clients and
// logs know it by, and the right that it demands.
type Operation struct {
	ID    string
	Right Right
}

// The operations of the API. What serves them (methods, paths, forms) is the
// business of the adapters; who may ask for them is decided here.
var (
	RegisterSelf = Operation{"RegisterSelf", Token}
	GetSelf      = Operation{"GetSelf", Token}
	TryAdmin     = Operation{"TryAdmin", Admin}

	ListBenchmarks   = Operation{"ListBenchmarks", Public}
	CreateBenchmark  = Operation{"CreateBenchmark", Registered}
	GetBenchmark     = Operation{"GetBenchmark", Public}
	ApproveBenchmark = Operation{"ApproveBenchmark", Admin}

	ListSites   = Operation{"ListSites", Public}
	CreateSite  = Operation{"CreateSite", Registered}
	GetSite     = Operation{"GetSite", Public}
	ApproveSite = Operation{"ApproveSite", Admin}

	ListFlavors   = Operation{"ListFlavors", Public}
	AddFlavor     = Operation{"AddFlavor", Registered}
	GetFlavor     = Operation{"GetFlavor", Public}
	ApproveFlavor = Operation{"ApproveFlavor", Admin}
	GetFlavorSite = Operation{"GetFlavorSite", Public}

	ListTags  = Operation{"ListTags", Public}
	CreateTag = Operation{"CreateTag", Registered}
	GetTag    = Operation{"GetTag", Public}

	ListResults  = Operation{"ListResults", Public}
	CreateResult = Operation{"CreateResult", Registered}
	GetResult    = Operation{"GetResult", Public}

	ListSubmits = Operation{"ListSubmits", Admin}
)
