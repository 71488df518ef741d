//! Recording what enough officers have signed.

use cli_kit::{
    Failure,
    files::{self, Access, Durability},
};
use identity_core::{
    encoding::strict_json::{Object, Value},
    status::{Instant, LEEWAY},
    trust::accreditation::{
        ListDraft, TrustList,
        statement::{Body, Statement},
    },
    verify::Budget,
};

use super::{
    Archive, PROGRAM, Paper, Says,
    error::{AccreditorCode, core, refuse},
    hex,
};

/// How long after it was drawn up a document may be recorded, in seconds: signatures that were gathered
/// once must not lie ready for ever.
const LIFETIME: i64 = 45 * 86_400;

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// The id of the document.
    pub id: String,
    /// What it says.
    pub says: Says,
    /// The DIDs of those who signed.
    pub signers: Vec<String>,
}

impl Archive {
    /// Merges copies of one document, verifies its signatures and records it. `verb` is what the caller is
    /// about to do: a document for another verb is refused.
    ///
    /// # Errors
    /// `accreditor.copies_differ`, `accreditor.other_paper`, `accreditor.outdated`, `accreditor.ahead`,
    /// `accreditor.recorded_already`, `accreditor.list_differs`, and what the core refuses of the
    /// signatures.
    pub fn record(
        &mut self,
        copies: Vec<Paper>,
        verb: &str,
        now: Instant,
    ) -> Result<Recorded, Failure> {
        let paper = Paper::merge(copies)?;
        if paper.says().verb() != verb {
            let wanted = paper.says().verb();
            return Err(refuse(
                AccreditorCode::AccreditorOtherPaper,
                "the document says something else than this verb does",
            )
            .hint(format!("record it with: {PROGRAM} {wanted} FILE ...")));
        }
        if paper.says().drawn_up().seconds_since(now) > LEEWAY.as_secs() {
            return Err(refuse(
                AccreditorCode::AccreditorAhead,
                format!(
                    "the document was drawn up at {}, which is later than now",
                    paper.says().drawn_up()
                ),
            )
            .hint("check the clocks of the two machines"));
        }
        if now.seconds_since(paper.says().drawn_up()) > LIFETIME {
            return Err(outdated("it was drawn up more than 45 days ago"));
        }
        match paper.says() {
            Says::Policy(_) => self.record_policy(&paper)?,
            Says::Statement(_) => self.record_statement(&paper)?,
            Says::List(draft) => self.record_list(&paper, draft)?,
        }
        self.save_published()?;
        self.drop_pending(&paper)?;
        Ok(Recorded {
            id: paper.id().to_owned(),
            says: paper.says().clone(),
            signers: paper.claimed_signers(),
        })
    }

    fn record_policy(&mut self, paper: &Paper) -> Result<(), Failure> {
        for document in &self.policies {
            refuse_twice(paper, document)?;
        }
        let mut documents = self.policies.clone();
        documents.push(paper.document().clone());
        let chain = self.verify_policies(&documents)?;
        let begins = chain.latest().issued_at();
        if self.newest_record().is_some_and(|newest| newest >= begins) {
            return Err(outdated(
                "something was recorded since it was drawn up, which would count no more",
            ));
        }
        write_new(self, "policies", documents.len(), paper.document())?;
        self.policies = documents;
        self.chain = Some(chain);
        Ok(())
    }

    fn record_statement(&mut self, paper: &Paper) -> Result<(), Failure> {
        for (_, document) in &self.statements {
            refuse_twice(paper, document)?;
        }
        self.is_under_policy_in_force(paper.says())?;
        let chain = self.chain()?;
        let budget = &mut Budget::presentation();
        let statement = Statement::verify(paper.document(), &self.profile.did, chain, budget)
            .map_err(|error| core(error.code(), &error))?;
        if matches!(statement.draft().body, Body::Changes { .. }) {
            self.is_accredited(statement.draft().parliament())?;
        }
        let folder = self.path.join("statements");
        files::make_private_dir(&folder)?;
        let path = folder.join(format!("{}.json", hex(statement.digest())));
        files::create_new(
            &path,
            &paper.to_bytes(),
            Access::Private,
            Durability::Synced,
        )?;
        self.statements.push((statement, paper.document().clone()));
        Ok(())
    }

    fn record_list(&mut self, paper: &Paper, draft: &ListDraft) -> Result<(), Failure> {
        for document in &self.lists {
            refuse_twice(paper, document)?;
        }
        self.is_under_policy_in_force(paper.says())?;
        let budget = &mut Budget::presentation();
        let list = TrustList::verify(paper.document(), &self.profile.did, self.chain()?, budget)
            .map_err(|error| core(error.code(), &error))?;
        // Whatever officers signed: nothing goes out that no statement says.
        let compiled =
            self.compile(draft.seq, draft.issued_at, draft.next_update, draft.expires)?;
        if draft.seq != self.next_list_seq() || compiled != *draft {
            return Err(refuse(
                AccreditorCode::AccreditorListDiffers,
                "the trust list is not what the statements say by now",
            )
            .hint(format!(
                "have a new one drawn up: {PROGRAM} publish --out DIR"
            )));
        }
        write_new(self, "lists", self.lists.len() + 1, paper.document())?;
        self.lists.push(paper.document().clone());
        self.list = Some((list, draft.clone()));
        Ok(())
    }

    /// Officers who left could otherwise bring up what they signed, or date it back.
    fn is_under_policy_in_force(&self, says: &Says) -> Result<(), Failure> {
        let policy = self.policy()?;
        if says.policy_version() == policy.version() {
            return Ok(());
        }
        Err(outdated("another officer policy is in force by now"))
    }
}

fn refuse_twice(paper: &Paper, document: &Object<'static>) -> Result<(), Failure> {
    let same = Paper::new(document.clone()).is_ok_and(|other| other.id() == paper.id());
    if same {
        return Err(refuse(
            AccreditorCode::AccreditorRecordedAlready,
            "the document is recorded already",
        )
        .hint(format!("publish it with: {PROGRAM} publish --out DIR")));
    }
    Ok(())
}

fn outdated(why: &str) -> Failure {
    refuse(
        AccreditorCode::AccreditorOutdated,
        format!("the document cannot be recorded any more: {why}"),
    )
    .hint(format!("draw it up anew: {PROGRAM} prepare"))
}

fn write_new(
    archive: &Archive,
    folder: &str,
    number: usize,
    document: &Object<'static>,
) -> Result<(), Failure> {
    let folder = archive.path.join(folder);
    files::make_private_dir(&folder)?;
    let json = format!("{:#}\n", Value::Object(document.clone()).to_serde());
    let path = folder.join(format!("{number:04}.json"));
    files::create_new(&path, json.as_bytes(), Access::Private, Durability::Synced)
}
