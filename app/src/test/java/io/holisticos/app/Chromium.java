package io.holisticos.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A member's browser: a real Chromium with a profile of its own, which is gone afterwards. */
final class Chromium implements AutoCloseable {

    private static final Path BROWSER = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path profile;
    private final ChromeDriver driver;

    private Chromium(Path profile, ChromeDriver driver) {
        this.profile = profile;
        this.driver = driver;
    }

    /** @throws AssertionError when there is none on this machine: a walk that was not made proves nothing */
    static Chromium open() throws IOException {
        return open(true);
    }

    /** @param scripts whether pages may run any */
    static Chromium open(boolean scripts) throws IOException {
        for (Path needed : List.of(BROWSER, DRIVER)) {
            if (!Files.isExecutable(needed)) {
                throw new AssertionError(needed + " is missing: apt-get install chromium chromium-driver");
            }
        }
        Path profile = Files.createTempDirectory("chromium");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(BROWSER.toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--disable-dev-shm-usage",
                "--window-size=390,844", // a phone
                "--user-data-dir=" + profile);
        if (!scripts) {
            options.setExperimentalOption("prefs", Map.of("profile.managed_default_content_settings.javascript", 2));
        }
        ChromeDriver driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .usingAnyFreePort()
                        .build(),
                options);
        driver.manage().timeouts().pageLoadTimeout(PATIENCE).implicitlyWait(Duration.ofSeconds(5));
        return new Chromium(profile, driver);
    }

    /** In the current tab. */
    void go(String address) {
        driver.get(address);
    }

    /** A new tab, which is the current one from now on. */
    String newTab() {
        driver.switchTo().newWindow(WindowType.TAB);
        return driver.getWindowHandle();
    }

    String tab() {
        return driver.getWindowHandle();
    }

    void toTab(String tab) {
        driver.switchTo().window(tab);
    }

    /** Presses the button with this text, or a part of it, and waits until its page has gone. */
    void press(String text) {
        WebElement button = driver.findElement(By.xpath(pressable(text)));
        button.click();
        RunningApp.await(() -> isGone(button));
    }

    boolean has(String text) {
        return !driver.findElements(By.xpath(pressable(text))).isEmpty();
    }

    /** Who signs in at WHOOP. */
    void choose(long whoopUserId) {
        WebElement choice = driver.findElement(By.cssSelector("input[name=member][value='" + whoopUserId + "']"));
        choice.click();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        RunningApp.await(() -> {
            try {
                text.append(driver.findElement(By.tagName("body")).getText());
                return true;
            } catch (StaleElementReferenceException | NoSuchElementException comingUp) {
                return false;
            }
        });
        return text.toString();
    }

    String address() {
        return String.valueOf(driver.getCurrentUrl());
    }

    /** Of frames, what is in them. */
    String textOfFrame() {
        driver.switchTo().frame(0);
        String text = driver.findElement(By.tagName("body")).getText();
        driver.switchTo().defaultContent();
        return text;
    }

    /** What a script of the page gives to {@code done}. */
    String answerOf(String script) {
        return String.valueOf(driver.executeAsyncScript("const done = arguments[arguments.length - 1]; " + script));
    }

    /** From the next page on, scripts may do what the page's own policy forbids. */
    void ignoreContentPolicy() {
        driver.executeCdpCommand("Page.setBypassCSP", Map.of("enabled", true));
    }

    /** Whether one can read the page without scrolling sideways. */
    boolean fitsItsWidth() {
        int wide = driver.findElement(By.tagName("html")).getSize().getWidth();
        int page = driver.findElement(By.tagName("main")).getSize().getWidth();
        return page <= wide;
    }

    private static boolean isGone(WebElement element) {
        try {
            element.isEnabled();
            return false;
        } catch (StaleElementReferenceException | NoSuchElementException gone) {
            return true;
        }
    }

    private static String pressable(String text) {
        return "//button[contains(., '" + text + "')]";
    }

    @Override
    public void close() throws IOException {
        driver.quit();
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
