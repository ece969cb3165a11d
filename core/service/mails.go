package service

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// The mails of the contract's section 4, without their receiver.

func registeredMail() domain.Mail {
	return domain.Mail{
		Subject: "Thank you for registering",
		Text: "Dear user,\n\nyou are registered with EOSC Perf now: " +
			"you can upload results and submit benchmarks, sites and flavors.\n",
	}
}

func updatedMail() domain.Mail {
	return domain.Mail{
		Subject: "Your user information was updated",
		Text:    "Dear user,\n\nyour e-mail address at EOSC Perf was updated to this one.\n",
	}
}

func submittedMail(s domain.Submit) domain.Mail {
	return resourceMail(s.ResourceID, fmt.Sprintf("New %s resource submitted: %s", s.ResourceType, s.ResourceID),
		"your %s %s was submitted. An administrator will review it.", s.ResourceType, s.ResourceID)
}

func approvedMail(id uuid.UUID) domain.Mail {
	return resourceMail(id, fmt.Sprintf("Resource approved: %s", id), "your resource %s was approved.", id)
}

func rejectedMail(id uuid.UUID) domain.Mail {
	return resourceMail(id, fmt.Sprintf("Resource rejected: %s", id), "your resource %s was rejected and removed.", id)
}

func claimedMail(c *domain.Claim) domain.Mail {
	return supportedMail(fmt.Sprintf("Claim submitted on result: %s", c.ResultID),
		map[string]string{"Result-ID": c.ResultID.String(), "Claim-ID": c.ID.String()},
		"somebody doubts your result %s. It is hidden until an administrator has looked at it. The claim says:\n\n%s", c.ResultID, c.Message)
}

func restoredMail(resultID uuid.UUID) domain.Mail {
	return supportedMail(fmt.Sprintf("Result restored: %s", resultID), map[string]string{"Result-ID": resultID.String()},
		"your result %s is in the lists again: the claim on it was rejected.", resultID)
}

func resourceMail(id uuid.UUID, subject, format string, args ...any) domain.Mail {
	return supportedMail(subject, map[string]string{"Resource-ID": id.String()}, format, args...)
}

func supportedMail(subject string, headers map[string]string, format string, args ...any) domain.Mail {
	return domain.Mail{
		Subject: subject, CopySupport: true, Headers: headers,
		Text: "Dear user,\n\n" + fmt.Sprintf(format, args...) + "\n",
	}
}
