package service

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// The mails of the contract's section 4.

func registeredMail(to *domain.User) domain.Mail {
	return domain.Mail{
		To:      to.Email,
		Subject: "Thank you for registering",
		Text: "Dear user,\n\nyou are registered with EOSC Perf now: " +
			"you can upload results and submit benchmarks, sites and flavors.\n",
	}
}

func submittedMail(to *domain.User, s domain.Submit) domain.Mail {
	return resourceMail(to, s.ResourceID, fmt.Sprintf("New %s resource submitted: %s", s.ResourceType, s.ResourceID),
		fmt.Sprintf("Dear user,\n\nyour %s %s was submitted. An administrator will review it.\n", s.ResourceType, s.ResourceID))
}

func approvedMail(to *domain.User, id uuid.UUID) domain.Mail {
	return resourceMail(to, id, fmt.Sprintf("Resource approved: %s", id),
		fmt.Sprintf("Dear user,\n\nyour resource %s was approved.\n", id))
}

func resourceMail(to *domain.User, id uuid.UUID, subject, text string) domain.Mail {
	return domain.Mail{
		To:          to.Email,
		Subject:     subject,
		CopySupport: true,
		Headers:     map[string]string{"Resource-ID": id.String()},
		Text:        text,
	}
}
