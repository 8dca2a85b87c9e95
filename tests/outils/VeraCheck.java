import java.io.File;
import java.io.FileInputStream;
import java.util.HashSet;
import java.util.Set;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Asks veraPDF whether each file follows each profile: `VeraCheck.java ua1,3a FILE...`. */
public class VeraCheck {
    public static void main(String[] args) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (int i = 1; i < args.length; i++) {
            for (String profil : args[0].split(",")) {
                PDFAFlavour flavour = PDFAFlavour.fromString(profil);
                try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(args[i]), flavour)) {
                    ValidationResult result = Foundries.defaultInstance().createValidator(flavour, false).validate(parser);
                    System.out.println((result.isCompliant() ? "PASS " : "FAIL ") + profil + " " + new File(args[i]).getName());
                    Set<String> said = new HashSet<>();
                    for (TestAssertion test : result.getTestAssertions()) {
                        String rule = test.getRuleId().getClause() + "-" + test.getRuleId().getTestNumber();
                        if (test.getStatus() != TestAssertion.Status.PASSED && said.add(rule)) {
                            System.out.println("     " + rule + " " + test.getMessage());
                        }
                    }
                }
            }
        }
    }
}
