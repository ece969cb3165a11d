package autogen_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"
	gormschema "gorm.io/gorm/schema"

	"github.com/eosc-perf/backend/adapters/migrations/autogen"
)

// uuid has the type that keys have.
type uuid string

func (uuid) GormDBDataType(db *gorm.DB, _ *gormschema.Field) string {
	if db.Name() == onSQLite {
		return "text"
	}
	return "uuid"
}

// status has an enumerated type.
type status string

func (status) GormDBDataType(db *gorm.DB, _ *gormschema.Field) string {
	if db.Name() == onSQLite {
		return "text"
	}
	return "resourcestatus"
}

// mood has another one.
type mood string

func (mood) GormDBDataType(db *gorm.DB, _ *gormschema.Field) string {
	if db.Name() == onSQLite {
		return "text"
	}
	return "mood"
}

// Maker has the columns of a tag that name who made it.
type Maker struct {
	UploaderSub *string `gorm:"type:text;index:tag_uploader_idx,where:uploader_sub IS NOT NULL"`
	UploaderIss *string `gorm:"type:text;index:tag_uploader_idx"`
}

// tag is the model as it is.
type tag struct {
	ID          uuid    `gorm:"primaryKey;not null"`
	Name        string  `gorm:"type:text;not null;uniqueIndex:tag_name_key"`
	Description *string `gorm:"type:text"`
	Maker
}

func (tag) TableName() string { return "tag" }

type badge struct {
	ID     uuid `gorm:"primaryKey;not null"`
	TagID  uuid `gorm:"not null;index:badge_tag_idx"`
	Tag    *tag
	BackID *uuid
	Back   *ribbon `gorm:"foreignKey:BackID;references:ID"`
	Worn   bool    `gorm:"type:boolean;not null"`
	Text   string  `gorm:"type:text;not null;uniqueIndex:badge_text_key;check:badge_text_check,text <> ''"`
}

func (badge) TableName() string { return "badge" }

// ribbon and badge refer to each other.
type ribbon struct {
	ID      uuid `gorm:"primaryKey;not null"`
	BadgeID *uuid
	Badge   *badge `gorm:"foreignKey:BadgeID;references:ID"`
}

func (ribbon) TableName() string { return "ribbon" }

type tagWithColumns struct {
	Plain  tag     `gorm:"embedded"`
	Colour *string `gorm:"type:text"`
	Weight int     `gorm:"type:integer;not null;default:3"`
	Hidden *bool   `gorm:"type:boolean"`
	Order  string  `gorm:"type:text;not null;default:it's"`
}

func (tagWithColumns) TableName() string { return "tag" }

type tagWithoutDescription struct {
	ID   uuid   `gorm:"primaryKey;not null"`
	Name string `gorm:"type:text;not null;uniqueIndex:tag_name_key"`
	Maker
}

func (tagWithoutDescription) TableName() string { return "tag" }

type tagOfNumbers struct {
	ID          uuid   `gorm:"primaryKey;not null"`
	Name        string `gorm:"type:text;not null;uniqueIndex:tag_name_key"`
	Description *int   `gorm:"type:integer"`
	Maker
}

func (tagOfNumbers) TableName() string { return "tag" }

type tagNotNull struct {
	ID          uuid   `gorm:"primaryKey;not null"`
	Name        string `gorm:"type:text;not null;uniqueIndex:tag_name_key"`
	Description string `gorm:"type:text;not null"`
	Maker
}

func (tagNotNull) TableName() string { return "tag" }

type tagNullable struct {
	ID          uuid    `gorm:"primaryKey;not null"`
	Name        *string `gorm:"type:text;uniqueIndex:tag_name_key"`
	Description *string `gorm:"type:text"`
	Maker
}

func (tagNullable) TableName() string { return "tag" }

type tagWithDefault struct {
	ID          uuid    `gorm:"primaryKey;not null"`
	Name        string  `gorm:"type:text;not null;uniqueIndex:tag_name_key"`
	Description *string `gorm:"type:text;default:'none'"`
	Maker
}

func (tagWithDefault) TableName() string { return "tag" }

type tagWithIndexes struct {
	ID          uuid    `gorm:"primaryKey;not null"`
	Name        string  `gorm:"type:text;not null;uniqueIndex:tag_name_key;index:tag_both_idx,priority:2,sort:desc"`
	Description *string `gorm:"type:text;index:tag_both_idx,priority:1"`
	Maker
}

func (tagWithIndexes) TableName() string { return "tag" }

type tagWithPartialIndex struct {
	ID          uuid    `gorm:"primaryKey;not null"`
	Name        string  `gorm:"type:text;not null;uniqueIndex:tag_name_key"`
	Description *string `gorm:"type:text;index:tag_description_idx,where:description IS NOT NULL"`
	Maker
}

func (tagWithPartialIndex) TableName() string { return "tag" }

type tagWithUnique struct {
	ID          uuid    `gorm:"primaryKey;not null"`
	Name        string  `gorm:"type:text;not null;uniqueIndex:tag_name_key"`
	Description *string `gorm:"type:text;uniqueIndex:tag_description_key"`
	Maker
}

func (tagWithUnique) TableName() string { return "tag" }

type tagWithoutUnique struct {
	ID          uuid    `gorm:"primaryKey;not null"`
	Name        string  `gorm:"type:text;not null"`
	Description *string `gorm:"type:text"`
	Maker
}

func (tagWithoutUnique) TableName() string { return "tag" }

type tagWithPartialUnique struct {
	ID          uuid    `gorm:"primaryKey;not null"`
	Name        string  `gorm:"type:text;not null;uniqueIndex:tag_name_key"`
	Description *string `gorm:"type:text;uniqueIndex:tag_description_idx,where:description <> ''"`
	Maker
}

func (tagWithPartialUnique) TableName() string { return "tag" }

type tagWithParent struct {
	Plain    tag `gorm:"embedded"`
	ParentID *uuid
	Parent   *tagWithParent `gorm:"constraint:OnDelete:SET NULL DEFERRABLE INITIALLY DEFERRED"`
}

func (tagWithParent) TableName() string { return "tag" }

type tagWithCheck struct {
	ID          uuid    `gorm:"primaryKey;not null"`
	Name        string  `gorm:"type:text;not null;uniqueIndex:tag_name_key;check:tag_name_length,length(name) > 2"`
	Description *string `gorm:"type:text"`
	Maker
}

func (tagWithCheck) TableName() string { return "tag" }

type tagWithStatus struct {
	Plain  tag    `gorm:"embedded"`
	Status status `gorm:"not null;default:on_hold"`
}

func (tagWithStatus) TableName() string { return "tag" }

type tagWithMood struct {
	Plain tag `gorm:"embedded"`
	Mood  *mood
}

func (tagWithMood) TableName() string { return "tag" }

// siteOfApproved has conditions with a value of the enumerated type.
type siteOfApproved struct {
	ID             uuid      `gorm:"primaryKey;not null"`
	UploaderSub    string    `gorm:"type:text;not null"`
	UploaderIss    string    `gorm:"type:text;not null"`
	Uploader       *user     `gorm:"foreignKey:UploaderIss,UploaderSub;references:Iss,Sub"`
	UploadDatetime timestamp `gorm:"not null"`
	Status         *status   `gorm:"index:site_approved_idx,where:status = 'approved';check:site_status_known,status <> 'on_review'"`
	SubmitReportID *uuid     `gorm:"column:_submit_report_id"`
	SubmitReport   *submit   `gorm:"foreignKey:SubmitReportID;references:ID"`
	Name           string    `gorm:"type:text;not null;uniqueIndex:site_name_key"`
	Address        string    `gorm:"type:text;not null"`
	Description    *string   `gorm:"type:text"`
}

func (siteOfApproved) TableName() string { return "site" }

// claimWithoutResult lacks a column with a foreign key and an index.
type claimWithoutResult struct {
	ID             uuid      `gorm:"primaryKey;not null"`
	UploaderSub    string    `gorm:"type:text;not null"`
	UploaderIss    string    `gorm:"type:text;not null"`
	Uploader       *user     `gorm:"foreignKey:UploaderIss,UploaderSub;references:Iss,Sub"`
	UploadDatetime timestamp `gorm:"not null"`
	Status         *status
	SubmitReportID *uuid   `gorm:"column:_submit_report_id"`
	SubmitReport   *submit `gorm:"foreignKey:SubmitReportID;references:ID"`
	Message        string  `gorm:"type:text;not null"`
	ResourceType   varchar `gorm:"not null"`
}

func (claimWithoutResult) TableName() string { return "claim" }

type claimWithoutStatus struct {
	ID             uuid      `gorm:"primaryKey;not null"`
	UploaderSub    string    `gorm:"type:text;not null"`
	UploaderIss    string    `gorm:"type:text;not null"`
	Uploader       *user     `gorm:"foreignKey:UploaderIss,UploaderSub;references:Iss,Sub"`
	UploadDatetime timestamp `gorm:"not null"`
	SubmitReportID *uuid     `gorm:"column:_submit_report_id"`
	SubmitReport   *submit   `gorm:"foreignKey:SubmitReportID;references:ID"`
	Message        string    `gorm:"type:text;not null"`
	ResourceType   varchar   `gorm:"not null"`
	ResultID       *uuid     `gorm:"index:claim_result_idx"`
	Result         *result   `gorm:"constraint:OnDelete:SET NULL DEFERRABLE INITIALLY DEFERRED"`
}

func (claimWithoutStatus) TableName() string { return "claim" }

// varchar has the type that report types have.
type varchar string

func (varchar) GormDBDataType(db *gorm.DB, _ *gormschema.Field) string {
	if db.Name() == onSQLite {
		return "text"
	}
	return "varchar"
}

// user and submit are there to be referred to.
type user struct {
	Sub string `gorm:"type:text;primaryKey;not null"`
	Iss string `gorm:"type:text;primaryKey;not null"`
}

func (user) TableName() string { return "user" }

type submit struct {
	ID uuid `gorm:"primaryKey;not null"`
}

func (submit) TableName() string { return "submit" }

// timestamp has the type of times.
type timestamp string

func (timestamp) GormDBDataType(db *gorm.DB, _ *gormschema.Field) string {
	if db.Name() == onSQLite {
		return "text"
	}
	return "timestamp"
}

// counted has a key that the database gives.
type counted struct {
	ID   int64  `gorm:"primaryKey;autoIncrement;not null"`
	Text string `gorm:"type:varchar(20);not null"`
}

func (counted) TableName() string { return "counted" }

// resultTag has other references than it had: one with an action, and one that is
// checked later.
type resultTag struct {
	ResultID uuid    `gorm:"primaryKey;not null"`
	TagID    uuid    `gorm:"primaryKey;not null;index:result_tags_tag_idx"`
	Result   *result `gorm:"constraint:OnDelete:CASCADE"`
	Tag      *tag    `gorm:"constraint:OnDelete:CASCADE DEFERRABLE INITIALLY DEFERRED"`
}

func (resultTag) TableName() string { return "result_tags" }

// result is there to be referred to.
type result struct {
	ID uuid `gorm:"primaryKey;not null"`
}

func (result) TableName() string { return "result" }

// replaced are the models with these instead of those for the same tables.
func replaced(t *testing.T, models autogen.Models, rows ...any) autogen.Models {
	t.Helper()
	models.Rows = slices.Clone(models.Rows)
	for _, row := range rows {
		name := row.(gormschema.Tabler).TableName()
		place := slices.IndexFunc(models.Rows, func(other any) bool { return other.(gormschema.Tabler).TableName() == name })
		if place < 0 {
			models.Rows = append(models.Rows, row)
			continue
		}
		models.Rows[place] = row
	}
	return models
}

func without(models autogen.Models, table string) autogen.Models {
	models.Rows = slices.DeleteFunc(slices.Clone(models.Rows), func(row any) bool { return row.(gormschema.Tabler).TableName() == table })
	return models
}

func withEnum(models autogen.Models, name string, values ...string) autogen.Models {
	models.Enums = maps.Clone(models.Enums)
	models.Enums[name] = values
	return models
}

// roundtrips are changes of the models, and a piece of a difference that they give.
var roundtrips = []struct {
	name   string
	change func(t *testing.T, models autogen.Models) autogen.Models
	want   string
}{
	{"tables that refer to each other", func(t *testing.T, m autogen.Models) autogen.Models {
		return replaced(t, m, &ribbon{}, &badge{})
	}, "table badge is missing in the database"},
	{"table that goes", func(_ *testing.T, m autogen.Models) autogen.Models { return without(m, "blocked_person") },
		"table blocked_person is in the database only"},
	{"table with a counted key", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &counted{}) },
		"table counted is missing in the database"},
	{"columns", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagWithColumns{}) },
		"column tag.colour text is missing in the database"},
	{"column that goes", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagWithoutDescription{}) },
		"column tag.description text is in the database only"},
	{"column with an index and a foreign key that goes", func(t *testing.T, m autogen.Models) autogen.Models {
		return replaced(t, m, &claimWithoutResult{})
	}, "index claim.claim_result_idx (result_id) is in the database only"},
	{"column with a check that goes", func(t *testing.T, m autogen.Models) autogen.Models {
		return replaced(t, m, &claimWithoutStatus{})
	}, "column claim.status"},
	{"column type", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagOfNumbers{}) },
		"column tag.description is text in the database, integer in the models"},
	{"not null", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagNotNull{}) },
		"column tag.description is text in the database, text NOT NULL in the models"},
	{"nullable", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagNullable{}) },
		"column tag.name is text NOT NULL in the database, text in the models"},
	{"default", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagWithDefault{}) },
		"column tag.description is text in the database, text DEFAULT 'none' in the models"},
	{"index", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagWithIndexes{}) },
		"index tag.tag_both_idx (description, name DESC) is missing in the database"},
	{"partial index", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagWithPartialIndex{}) },
		"index tag.tag_description_idx (description) WHERE description IS NOT NULL is missing in the database"},
	{"unique", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagWithUnique{}) },
		"unique constraint tag.tag_description_key (description) is missing in the database"},
	{"unique that goes", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagWithoutUnique{}) },
		"unique constraint tag.tag_name_key (name) is in the database only"},
	{"partial unique index", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagWithPartialUnique{}) },
		"unique index tag.tag_description_idx (description) WHERE description <> ''"},
	{"foreign key", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagWithParent{}) },
		"foreign key tag.tag_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES tag"},
	{"foreign key with another action", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &resultTag{}) },
		"foreign key result_tags.result_tags_result_id_fkey is FOREIGN KEY (result_id) REFERENCES result"},
	{"foreign key that is checked later", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &resultTag{}) },
		"foreign key result_tags.result_tags_tag_id_fkey is FOREIGN KEY (tag_id) REFERENCES tag"},
	{"check", func(t *testing.T, m autogen.Models) autogen.Models { return replaced(t, m, &tagWithCheck{}) },
		"check tag.tag_name_length"},
	{"enum value", func(_ *testing.T, m autogen.Models) autogen.Models {
		return withEnum(m, "resourcestatus", "new", "on_review", "on_hold", "approved", "it's over")
	}, "'new', 'on_review', 'on_hold', 'approved', 'it''s over'"},
	{"enum value that is used at once", func(t *testing.T, m autogen.Models) autogen.Models {
		return replaced(t, withEnum(m, "resourcestatus", "on_review", "on_hold", "approved"), &tagWithStatus{})
	}, "column tag.status"},
	{"enum", func(t *testing.T, m autogen.Models) autogen.Models {
		return replaced(t, withEnum(m, "mood", "good", "bad"), &tagWithMood{})
	}, "column tag.mood"},
}

func TestThereAndBack(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect string) {
		for _, c := range roundtrips {
			t.Run(c.name, func(t *testing.T) {
				db := atHead(t, dialect)
				models := current(t)
				thereAndBack(t, db, models, c.change(t, models), c.want)
			})
		}
	})
}

// thereAndBack takes the database from what the old models want to what the new
// ones want, and back.
func thereAndBack(t *testing.T, db *gorm.DB, old, changed autogen.Models, want string) autogen.Changes {
	t.Helper()
	before, data := catalog(t, db), rows(t, db)
	changes := compare(t, db, changed)
	if !strings.Contains(strings.Join(changes.Differences, "\n"), want) {
		t.Errorf("differences\n%s\nwant one of\n%s", strings.Join(changes.Differences, "\n"), want)
	}
	t.Logf("differences\n%s\nwarnings\n%s\n%s", strings.Join(changes.Differences, "\n"), strings.Join(changes.Warnings, "\n"),
		script(changes.Steps))
	upgrade(t, db, changes.Steps...)
	wantNoDifference(t, db, changed)
	if got := rows(t, db); got != data {
		t.Errorf("the rows were\n%s\nand are\n%s", data, got)
	}
	downgrade(t, db, changes.Steps...)
	wantNoDifference(t, db, old)
	if got := catalog(t, db); got != before {
		t.Errorf("the way back leaves another schema:\n%s\n%s", changedLines(before, got), script(changes.Steps))
	}
	if got := rows(t, db); got != data {
		t.Errorf("after the way back the rows were\n%s\nand are\n%s", data, got)
	}
	return changes
}
